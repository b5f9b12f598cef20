/* Mechanisms that are missing, signatures that are false. */
#include "simulator.h"

bool lacks(CK_MECHANISM_TYPE mechanism)
{
    for (const struct rule *rule = NULL; (rule = next_rule(rule, LACKS, ANY_CALL));)
        if ((CK_MECHANISM_TYPE)rule->value == mechanism)
            return true;
    return false;
}

CK_RV get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count)
{
    CK_MECHANISM_TYPE all[256];
    CK_ULONG all_count = sizeof all / sizeof *all, kept = 0;
    CK_RV value = real->C_GetMechanismList(slot, all, &all_count);
    if (value != CKR_OK)
        return value;
    for (CK_ULONG i = 0; i < all_count; i++) {
        if (lacks(all[i]))
            continue;
        if (list && kept < *count)
            list[kept] = all[i];
        kept++;
    }
    bool fits = !list || kept <= *count;
    *count = kept;
    return fits ? CKR_OK : CKR_BUFFER_TOO_SMALL;
}

static CK_OBJECT_HANDLE another_private_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE sought[] = {{CKA_CLASS, &class, sizeof class}};
    CK_OBJECT_HANDLE keys[32];
    CK_ULONG count = find(session, sought, 1, keys, sizeof keys / sizeof *keys);
    for (CK_ULONG i = 0; i < count; i++)
        if (keys[i] != key)
            return keys[i];
    return key;
}

CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    if (lacks(mechanism->mechanism))
        return CKR_MECHANISM_INVALID;
    if (fires(standing(OTHER_KEY)))
        key = another_private_key(session, key);
    CK_RV value = real->C_SignInit(session, mechanism, key);
    if (value == CKR_OK)
        await_pin();
    return value;
}

CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG_PTR size)
{
    if (awaits_pin()) {
        CK_BYTE unseen[1024];
        CK_ULONG room = sizeof unseen;
        real->C_Sign(session, data, length, unseen, &room); /* the operation is over */
        return CKR_USER_NOT_LOGGED_IN;
    }
    CK_RV value = real->C_Sign(session, data, length, signature, size);
    if (value == CKR_OK && signature && *size && fires(standing(FALSE_SIGNATURE)))
        signature[*size - 1] ^= 1;
    return value;
}
