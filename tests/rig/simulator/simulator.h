/* A PKCS#11 module in front of SoftHSM2 that misbehaves on command. The rules are told in __init__.py.
 *
 * It serves one thread at a time, as PyKCS11 calls its drivers. */
#ifndef SIMULATOR_H
#define SIMULATOR_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>

/* What a call needs, so that a token that is out refuses it or a driver answers it from its cache. */
enum need { LIFE, SLOTS, CACHED, CARD };

/* X(call, need, behaviour, parameters, arguments): every call that a renewal makes. Others reach SoftHSM2 untouched. */
#define CALLS(X) \
    X(C_Initialize, LIFE, initialize, (CK_VOID_PTR args), (args)) \
    X(C_Finalize, LIFE, real->C_Finalize, (CK_VOID_PTR reserved), (reserved)) \
    X(C_GetInfo, LIFE, real->C_GetInfo, (CK_INFO_PTR info), (info)) \
    X(C_GetSlotList, SLOTS, get_slot_list, (CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count), \
      (present, list, count)) \
    X(C_GetSlotInfo, SLOTS, get_slot_info, (CK_SLOT_ID slot, CK_SLOT_INFO_PTR info), (slot, info)) \
    X(C_WaitForSlotEvent, SLOTS, wait_for_slot_event, (CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved), \
      (flags, slot, reserved)) \
    X(C_GetTokenInfo, CACHED, get_token_info, (CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info), (slot, info)) \
    X(C_GetMechanismList, CACHED, get_mechanism_list, \
      (CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count), (slot, list, count)) \
    X(C_GetMechanismInfo, CACHED, real->C_GetMechanismInfo, \
      (CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info), (slot, type, info)) \
    X(C_OpenSession, CACHED, real->C_OpenSession, \
      (CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session), \
      (slot, flags, application, notify, session)) \
    X(C_CloseSession, CACHED, real->C_CloseSession, (CK_SESSION_HANDLE session), (session)) \
    X(C_CloseAllSessions, CACHED, real->C_CloseAllSessions, (CK_SLOT_ID slot), (slot)) \
    X(C_GetSessionInfo, CACHED, real->C_GetSessionInfo, (CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info), \
      (session, info)) \
    X(C_Login, CARD, login, (CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length), \
      (session, user, pin, length)) \
    X(C_Logout, CARD, real->C_Logout, (CK_SESSION_HANDLE session), (session)) \
    X(C_SetPIN, CARD, set_pin, \
      (CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old, CK_ULONG old_length, CK_UTF8CHAR_PTR new, CK_ULONG new_length), \
      (session, old, old_length, new, new_length)) \
    X(C_InitPIN, CARD, init_pin, (CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin, CK_ULONG length), \
      (session, pin, length)) \
    X(C_CreateObject, CARD, create_object, \
      (CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR object), \
      (session, template, count, object)) \
    X(C_DestroyObject, CARD, destroy_object, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), (session, object)) \
    X(C_GetAttributeValue, CACHED, get_attribute_value, \
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count), \
      (session, object, template, count)) \
    X(C_SetAttributeValue, CARD, set_attribute_value, \
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count), \
      (session, object, template, count)) \
    X(C_FindObjectsInit, CACHED, find_objects_init, \
      (CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count), (session, template, count)) \
    X(C_FindObjects, CACHED, find_objects, \
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG room, CK_ULONG_PTR count), \
      (session, objects, room, count)) \
    X(C_FindObjectsFinal, CACHED, real->C_FindObjectsFinal, (CK_SESSION_HANDLE session), (session)) \
    X(C_SignInit, CARD, sign_init, (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key), \
      (session, mechanism, key)) \
    X(C_Sign, CARD, sign, \
      (CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG_PTR size), \
      (session, data, length, signature, size)) \
    X(C_GenerateKeyPair, CARD, generate_key_pair, \
      (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR public, CK_ULONG public_count, \
       CK_ATTRIBUTE_PTR private, CK_ULONG private_count, CK_OBJECT_HANDLE_PTR public_key, \
       CK_OBJECT_HANDLE_PTR private_key), \
      (session, mechanism, public, public_count, private, private_count, public_key, private_key)) \
    X(C_GenerateRandom, CARD, real->C_GenerateRandom, (CK_SESSION_HANDLE session, CK_BYTE_PTR bytes, CK_ULONG length), \
      (session, bytes, length))

#define X(call, need, behaviour, parameters, arguments) CALL_##call,
enum call { ANY_CALL, CALLS(X) CALL_COUNT };
#undef X

/* X(action, word in a rule). */
#define ACTIONS(X) \
    X(RETURN, "return") X(LOSE, "lose") X(DELAY, "delay") X(HANG, "hang") X(CRASH, "crash") X(EXIT, "exit") \
    X(KILL_AFTER, "kill-after") X(LEAK, "leak") X(STDOUT, "stdout") X(STDERR, "stderr") X(FORK, "fork") \
    X(SPAWN, "spawn") X(MEDDLE, "meddle") X(REFUSE, "refuse") \
    X(ABSENT, "absent") X(STALE, "stale") X(BLIND, "blind") X(SESSIONS_SURVIVE, "sessions-survive") \
    X(BROKEN, "broken") X(LATE_READER, "late-reader") X(NO_READER, "no-reader") X(ARRIVING, "arriving") \
    X(EVENTS, "events") X(LABEL, "label") X(SERIAL, "serial") X(MODEL, "model") \
    X(PIN_LIMIT, "pin-limit") X(PIN_FLAGS, "pin-flags") X(PIN_MIN, "pin-min") X(PIN_MAX, "pin-max") \
    X(PIN_PAD, "pin-pad") X(NEW_ON_PAD, "new-on-pad") X(SO_PIN_LIMIT, "so-pin-limit") \
    X(WRITE_PROTECTED, "write-protected") X(ROOM, "room") X(FREE_MEMORY, "free-memory") \
    X(ONE_CERTIFICATE, "one-certificate") X(ONE_PAIR, "one-pair") X(HALF_PAIR, "half-pair") X(RENAMES, "renames") \
    X(LACKS, "lacks") X(FALSE_SIGNATURE, "false-signature") X(OTHER_KEY, "other-key") \
    X(SHUFFLED, "shuffled") X(ALWAYS_AUTHENTICATE, "always-authenticate") \
    X(PIN_TO_BE_CHANGED, "pin-to-be-changed") X(UNINITIALISED, "uninitialised") X(NO_USER_PIN, "no-user-pin")

#define X(action, word) action,
enum action { ACTIONS(X) ACTION_COUNT };
#undef X

struct rule {
    int id; /* never used twice in one control folder */
    enum action action;
    enum call call;
    enum call since; /* the rule stands from the first such call on */
    long value;
    long times; /* 0: for ever */
    long after; /* the first occurrence that counts, from 1 */
    char text[256];
};

extern CK_FUNCTION_LIST_PTR real; /* SoftHSM2 */

/* rules.c */
const char *control_path(const char *name); /* in a buffer that the next call overwrites */
void begin_call(enum call call); /* read the rules, log the call's name */
void read_rules(void);
const struct rule *next_rule(const struct rule *rule, enum action action, enum call call);
const struct rule *standing(enum action action);
bool fires(const struct rule *rule);     /* counts one occurrence of what the rule is about */
bool has_fired(const struct rule *rule); /* at the last one */
long *count_of(const struct rule *rule); /* both outlive the process */
long *wrong_pins(void);
long *wrong_so_pins(void);

/* faults.c */
bool answered(enum call call, CK_RV *value);
CK_RV leave(enum call call, CK_RV value);

/* reader.c */
void count_absence(void); /* one call more */
bool out_of_reach(enum need need, CK_RV *value);
CK_RV initialize(CK_VOID_PTR args);
CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count);
CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info);
CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info);
CK_RV wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved);

/* pin.c */
CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length);
CK_RV set_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old, CK_ULONG old_length, CK_UTF8CHAR_PTR new,
              CK_ULONG new_length);
CK_RV init_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin, CK_ULONG length);
void tell_pin(CK_TOKEN_INFO_PTR info);
bool awaits_pin(void); /* before the next C_Sign */
void await_pin(void);

/* objects.c */
CK_ULONG find(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR found,
              CK_ULONG room);
bool refused(enum call call, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_RV *value);
CK_RV create_object(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR object);
CK_RV destroy_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object);
CK_RV set_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
                          CK_ULONG count);
CK_RV generate_key_pair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR public,
                        CK_ULONG public_count, CK_ATTRIBUTE_PTR private, CK_ULONG private_count,
                        CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key);

/* searching.c */
CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count);
CK_RV find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG room, CK_ULONG_PTR count);
CK_RV get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
                          CK_ULONG count);

/* signing.c */
bool lacks(CK_MECHANISM_TYPE mechanism);
CK_RV get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count);
CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG_PTR size);

#endif
