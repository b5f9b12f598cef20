/* C_Login, C_SetPIN, C_InitPIN: limits of length, counters of tries, a PIN pad; and what CK_TOKEN_INFO tells of them. */
#include "simulator.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool length_is_wrong(CK_ULONG length)
{
    const struct rule *least = standing(PIN_MIN), *most = standing(PIN_MAX);
    return (least && length < (CK_ULONG)least->value) || (most && length > (CK_ULONG)most->value);
}

static bool awaiting;
static char accepted[256]; /* the user's PIN, which SoftHSM2 compares for keys of its own only */

bool awaits_pin(void)
{
    return standing(ALWAYS_AUTHENTICATE) && awaiting;
}

void await_pin(void)
{
    awaiting = true;
}

/* An ALWAYS_AUTHENTICATE rule's text is a PIN of the keys' own. */
static CK_RV login_for_signature(CK_UTF8CHAR_PTR pin, CK_ULONG length)
{
    const struct rule *always = standing(ALWAYS_AUTHENTICATE);
    const char *right = strcmp(always->text, "-") == 0 ? accepted : always->text;
    if (!awaiting)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (length != strlen(right) || memcmp(pin, right, length) != 0)
        return CKR_PIN_INCORRECT;
    awaiting = false;
    return CKR_OK;
}

static CK_RV counted(CK_RV value, long *wrong)
{
    if (value == CKR_OK)
        *wrong = 0;
    else if (value == CKR_PIN_INCORRECT)
        ++*wrong;
    return value;
}

static CK_RV login_as_so(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin, CK_ULONG length)
{
    const struct rule *limit = standing(SO_PIN_LIMIT);
    if (limit && *wrong_so_pins() >= limit->value)
        return CKR_PIN_LOCKED;
    return counted(real->C_Login(session, CKU_SO, pin, length), wrong_so_pins());
}

CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length)
{
    const struct rule *limit = standing(PIN_LIMIT), *pad = standing(PIN_PAD);
    CK_UTF8CHAR typed[sizeof pad->text];
    if (pad) {
        if (pin)
            return CKR_ARGUMENTS_BAD;
        usleep((useconds_t)pad->value * 1000);
        length = strlen(pad->text);
        memcpy(typed, pad->text, sizeof typed);
        pin = typed;
    }
    if (user == CKU_SO)
        return login_as_so(session, pin, length);
    if (length_is_wrong(length))
        return CKR_PIN_LEN_RANGE;
    if (limit && *wrong_pins() >= limit->value)
        return CKR_PIN_LOCKED;
    bool again = user == CKU_CONTEXT_SPECIFIC && standing(ALWAYS_AUTHENTICATE);
    CK_RV value = again ? login_for_signature(pin, length) : real->C_Login(session, user, pin, length);
    if (value == CKR_OK && !again)
        snprintf(accepted, sizeof accepted, "%.*s", (int)length, (const char *)pin);
    return counted(value, wrong_pins());
}

/* Both PINs of a pad are typed on it: a PIN_PAD rule's text and a NEW_ON_PAD rule's. */
CK_RV set_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old, CK_ULONG old_length, CK_UTF8CHAR_PTR new,
              CK_ULONG new_length)
{
    const struct rule *limit = standing(PIN_LIMIT), *pad = standing(PIN_PAD), *typed = standing(NEW_ON_PAD);
    CK_UTF8CHAR first[sizeof pad->text], second[sizeof pad->text];
    if (pad) {
        if (old || new || !typed)
            return CKR_ARGUMENTS_BAD;
        memcpy(old = first, pad->text, sizeof first);
        memcpy(new = second, typed->text, sizeof second);
        old_length = strlen(pad->text);
        new_length = strlen(typed->text);
    }
    if (length_is_wrong(new_length))
        return CKR_PIN_LEN_RANGE;
    if (limit && *wrong_pins() >= limit->value)
        return CKR_PIN_LOCKED;
    return counted(real->C_SetPIN(session, old, old_length, new, new_length), wrong_pins());
}

CK_RV init_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin, CK_ULONG length)
{
    if (length_is_wrong(length))
        return CKR_PIN_LEN_RANGE;
    return counted(real->C_InitPIN(session, pin, length), wrong_pins());
}

/* The three dialects: the last try and the lock are told (OpenSC); nothing is; "low" after any wrong one (SoftHSM2). */
static CK_FLAGS told(long wrong, long limit, const char *dialect)
{
    if (strcmp(dialect, "none") == 0)
        return 0;
    if (strcmp(dialect, "low") == 0)
        return wrong ? CKF_USER_PIN_COUNT_LOW : 0;
    if (wrong >= limit)
        return CKF_USER_PIN_LOCKED;
    return wrong == limit - 1 && wrong ? CKF_USER_PIN_FINAL_TRY : 0;
}

void tell_pin(CK_TOKEN_INFO_PTR info)
{
    const struct rule *limit = standing(PIN_LIMIT), *dialect = standing(PIN_FLAGS);
    const struct rule *least = standing(PIN_MIN), *most = standing(PIN_MAX);
    if (limit) {
        info->flags &= ~(CK_FLAGS)(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
        info->flags |= told(*wrong_pins(), limit->value, dialect ? dialect->text : "last");
    }
    const struct rule *so_limit = standing(SO_PIN_LIMIT);
    if (so_limit) {
        CK_FLAGS flags = told(*wrong_so_pins(), so_limit->value, "last"); /* CKF_SO_PIN_* are four bits further up */
        info->flags &= ~(CK_FLAGS)(CKF_SO_PIN_COUNT_LOW | CKF_SO_PIN_FINAL_TRY | CKF_SO_PIN_LOCKED);
        info->flags |= flags << 4;
    }
    if (least)
        info->ulMinPinLen = (CK_ULONG)least->value;
    if (most)
        info->ulMaxPinLen = (CK_ULONG)most->value;
    if (standing(PIN_PAD))
        info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
}
