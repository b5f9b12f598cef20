/* Objects that cannot be written, or not as asked. */
#include "simulator.h"

#include <stdlib.h>
#include <string.h>

static CK_ATTRIBUTE_PTR attribute(CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
    for (CK_ULONG i = 0; i < count; i++)
        if (template[i].type == type)
            return &template[i];
    return NULL;
}

/* A CK_BBOOL or CK_ULONG. */
static unsigned long number(const CK_ATTRIBUTE *held)
{
    unsigned long value = 0;
    if (held->pValue && held->ulValueLen <= sizeof value)
        memcpy(&value, held->pValue, held->ulValueLen);
    return value;
}

static CK_OBJECT_CLASS class_of(CK_ATTRIBUTE_PTR template, CK_ULONG count)
{
    CK_ATTRIBUTE_PTR held = attribute(template, count, CKA_CLASS);
    return held ? number(held) : CKO_VENDOR_DEFINED;
}

CK_ULONG find(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR found,
              CK_ULONG room)
{
    CK_ULONG number_found = 0;
    if (real->C_FindObjectsInit(session, template, count) == CKR_OK) {
        real->C_FindObjects(session, found, room, &number_found);
        real->C_FindObjectsFinal(session);
    }
    return number_found;
}

/* Up to `room` objects of a class with the CKA_ID that the template carries. */
static CK_ULONG of_same_id(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_ATTRIBUTE_PTR template, CK_ULONG count,
                           CK_OBJECT_HANDLE_PTR found, CK_ULONG room)
{
    CK_ATTRIBUTE_PTR id = attribute(template, count, CKA_ID);
    CK_ATTRIBUTE sought[] = {{CKA_CLASS, &class, sizeof class}, id ? *id : (CK_ATTRIBUTE){CKA_ID, NULL, 0}};
    return id ? find(session, sought, 2, found, room) : 0;
}

/* A REFUSE rule's text is the attribute's number, or number=value. */
bool refused(enum call call, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_RV *value)
{
    for (const struct rule *rule = NULL; (rule = next_rule(rule, REFUSE, call));) {
        char *rest;
        CK_ATTRIBUTE_PTR held = attribute(template, count, strtoul(rule->text, &rest, 10));
        if (held && (*rest != '=' || number(held) == strtoul(rest + 1, NULL, 10)) && fires(rule)) {
            *value = (CK_RV)rule->value;
            return true;
        }
    }
    return false;
}

static bool protected_from_writing(CK_RV *value)
{
    const struct rule *rule = standing(WRITE_PROTECTED);
    if (rule)
        *value = (CK_RV)rule->value;
    return rule != NULL;
}

static bool has_room(long objects)
{
    const struct rule *room = standing(ROOM);
    return !room || *count_of(room) + objects <= room->value;
}

static void take_room(long objects)
{
    const struct rule *room = standing(ROOM);
    if (room)
        *count_of(room) += objects;
}

static void rename_private_key(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count)
{
    CK_OBJECT_HANDLE key;
    CK_ATTRIBUTE_PTR label = attribute(template, count, CKA_LABEL);
    if (label && of_same_id(session, CKO_PRIVATE_KEY, template, count, &key, 1))
        real->C_SetAttributeValue(session, key, label, 1);
}

CK_RV create_object(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR object)
{
    CK_RV value;
    CK_OBJECT_HANDLE other;
    bool certificate = class_of(template, count) == CKO_CERTIFICATE;
    const struct rule *single = standing(ONE_CERTIFICATE);
    if (protected_from_writing(&value) || refused(CALL_C_CreateObject, template, count, &value))
        return value;
    if (certificate && single && of_same_id(session, CKO_CERTIFICATE, template, count, &other, 1))
        return (CK_RV)single->value;
    if (!has_room(1))
        return CKR_DEVICE_MEMORY;
    value = real->C_CreateObject(session, template, count, object);
    if (value != CKR_OK)
        return value;
    take_room(1);
    if (certificate && standing(RENAMES))
        rename_private_key(session, template, count);
    return CKR_OK;
}

CK_RV destroy_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    CK_RV value;
    if (protected_from_writing(&value))
        return value;
    value = real->C_DestroyObject(session, object);
    if (value == CKR_OK)
        take_room(-1);
    return value;
}

CK_RV set_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
                          CK_ULONG count)
{
    CK_RV value;
    if (protected_from_writing(&value) || refused(CALL_C_SetAttributeValue, template, count, &value))
        return value;
    return real->C_SetAttributeValue(session, object, template, count);
}

CK_RV generate_key_pair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR public,
                        CK_ULONG public_count, CK_ATTRIBUTE_PTR private, CK_ULONG private_count,
                        CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key)
{
    CK_RV value;
    CK_OBJECT_HANDLE other;
    const struct rule *single = standing(ONE_PAIR), *half = standing(HALF_PAIR);
    if (lacks(mechanism->mechanism))
        return CKR_MECHANISM_INVALID;
    if (protected_from_writing(&value) || refused(CALL_C_GenerateKeyPair, public, public_count, &value) ||
        refused(CALL_C_GenerateKeyPair, private, private_count, &value))
        return value;
    if (single && of_same_id(session, CKO_PRIVATE_KEY, private, private_count, &other, 1))
        return (CK_RV)single->value;
    if (!has_room(2))
        return CKR_DEVICE_MEMORY;
    value = real->C_GenerateKeyPair(session, mechanism, public, public_count, private, private_count, public_key,
                                    private_key);
    if (value != CKR_OK)
        return value;
    take_room(2);
    if (fires(half)) {
        destroy_object(session, *public_key);
        value = (CK_RV)half->value;
    }
    return value;
}
