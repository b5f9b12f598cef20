/* What is found, in which order, and what it tells of itself. */
#include "simulator.h"

#include <string.h>

enum { FOUND = 256 };

static CK_OBJECT_HANDLE found[FOUND];
static CK_ULONG found_count, found_told;

/* The same for every run (Marsaglia's xorshift), another order at every search. */
static unsigned long next_number(unsigned long seed)
{
    static unsigned long state;
    if (!state)
        state = 88172645463325252UL ^ seed;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count)
{
    const struct rule *shuffled = standing(SHUFFLED);
    found_told = 0;
    found_count = shuffled ? find(session, template, count, found, FOUND) : 0;
    for (CK_ULONG i = found_count; i > 1; i--) {
        CK_ULONG other = next_number((unsigned long)shuffled->value) % i;
        CK_OBJECT_HANDLE last = found[i - 1];
        found[i - 1] = found[other];
        found[other] = last;
    }
    return real->C_FindObjectsInit(session, template, count);
}

CK_RV find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG room, CK_ULONG_PTR count)
{
    if (!standing(SHUFFLED))
        return real->C_FindObjects(session, objects, room, count);
    *count = found_count - found_told < room ? found_count - found_told : room;
    memcpy(objects, found + found_told, *count * sizeof *objects);
    found_told += *count;
    return CKR_OK;
}

static bool is_private_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_ATTRIBUTE asked = {CKA_CLASS, &class, sizeof class};
    return real->C_GetAttributeValue(session, object, &asked, 1) == CKR_OK && class == CKO_PRIVATE_KEY;
}

CK_RV get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count)
{
    CK_RV value;
    const struct rule *always = standing(ALWAYS_AUTHENTICATE);
    if (refused(CALL_C_GetAttributeValue, template, count, &value))
        return value;
    value = real->C_GetAttributeValue(session, object, template, count);
    if (value != CKR_OK || !always || always->value || !is_private_key(session, object))
        return value;
    for (CK_ULONG i = 0; i < count; i++)
        if (template[i].type == CKA_ALWAYS_AUTHENTICATE && template[i].pValue)
            *(CK_BBOOL *)template[i].pValue = CK_TRUE;
    return value;
}
