/* One reader with one token that comes and goes, and what different drivers notice of it. */
#include "simulator.h"

#include <string.h>
#include <unistd.h>

static bool reader_known;  /* the reader is in the slot list */
static bool token_met;     /* the token was in at some time since C_Initialize */
static bool broken;        /* until the next C_Initialize */
static bool sessions_lost; /* since the token went */
static bool last_event;    /* the token was in when C_WaitForSlotEvent last looked */

void count_absence(void)
{
    fires(standing(ABSENT));
}

static const struct rule *absent(void)
{
    const struct rule *rule = standing(ABSENT);
    return rule && has_fired(rule) ? rule : NULL;
}

/* What a driver remembers, it remembers since C_Initialize. */
static bool remembers(enum action manner)
{
    return token_met && standing(manner);
}

/* SoftHSM2 has one slot more, for a token that could be initialised: a reader has none. */
static bool token_slot(CK_SLOT_ID_PTR slot)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = sizeof slots / sizeof *slots;
    CK_TOKEN_INFO info;
    if (real->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return false;
    for (CK_ULONG i = 0; i < count; i++)
        if (real->C_GetTokenInfo(slots[i], &info) == CKR_OK && info.flags & CKF_TOKEN_INITIALIZED) {
            *slot = slots[i];
            return true;
        }
    return false;
}

CK_RV initialize(CK_VOID_PTR args)
{
    CK_RV value = real->C_Initialize(args);
    if (value == CKR_OK) {
        bool present = !absent();
        reader_known = present || !standing(LATE_READER);
        token_met = last_event = present;
        broken = sessions_lost = false;
    }
    return value;
}

static void lose_sessions(void)
{
    CK_SLOT_ID slot;
    if (!sessions_lost && !standing(SESSIONS_SURVIVE) && token_slot(&slot))
        real->C_CloseAllSessions(slot);
    sessions_lost = true;
}

bool out_of_reach(enum need need, CK_RV *value)
{
    const struct rule *gone = absent(), *breaks = standing(BROKEN);
    if (need == LIFE)
        return false;
    if (gone && breaks && token_met)
        broken = true;
    if (broken) {
        *value = breaks ? (CK_RV)breaks->value : CKR_DEVICE_ERROR;
        return true;
    }
    if (!gone) {
        token_met = token_met || reader_known;
        sessions_lost = false;
        return false;
    }
    lose_sessions();
    if (need == SLOTS || (need == CACHED && remembers(STALE)))
        return false;
    *value = (CK_RV)gone->value;
    return true;
}

CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count)
{
    const struct rule *late = standing(LATE_READER);
    bool in = !absent() || remembers(BLIND);
    CK_SLOT_ID slot;
    if (!reader_known && (!late || (late->value == 0 && !list)))
        reader_known = in;
    CK_ULONG found = reader_known && (in || !present) && token_slot(&slot);
    if (!list) {
        *count = found && !fires(standing(ARRIVING)) ? 1 : 0;
        return CKR_OK;
    }
    bool fits = *count >= found;
    *count = found;
    if (!fits)
        return CKR_BUFFER_TOO_SMALL;
    if (found)
        list[0] = slot;
    return CKR_OK;
}

CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info)
{
    if (!reader_known)
        return CKR_SLOT_ID_INVALID;
    CK_RV value = real->C_GetSlotInfo(slot, info);
    info->flags &= ~(CK_FLAGS)(CKF_TOKEN_PRESENT | CKF_HW_SLOT);
    info->flags |= CKF_REMOVABLE_DEVICE;
    if (!standing(NO_READER))
        info->flags |= CKF_HW_SLOT;
    if (!absent() || remembers(BLIND))
        info->flags |= CKF_TOKEN_PRESENT;
    return value;
}

static void pad(CK_UTF8CHAR *field, size_t size, const struct rule *rule)
{
    if (!fires(rule))
        return;
    size_t length = strlen(rule->text);
    memset(field, ' ', size);
    memcpy(field, rule->text, length < size ? length : size);
}

CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
    const struct rule *memory = standing(FREE_MEMORY);
    CK_RV value = real->C_GetTokenInfo(slot, info);
    if (value != CKR_OK)
        return value;
    pad(info->label, sizeof info->label, standing(LABEL));
    pad(info->serialNumber, sizeof info->serialNumber, standing(SERIAL));
    pad(info->model, sizeof info->model, standing(MODEL));
    if (standing(WRITE_PROTECTED))
        info->flags |= CKF_WRITE_PROTECTED;
    if (standing(PIN_TO_BE_CHANGED))
        info->flags |= CKF_USER_PIN_TO_BE_CHANGED;
    if (standing(UNINITIALISED))
        info->flags &= ~(CK_FLAGS)CKF_TOKEN_INITIALIZED;
    if (standing(NO_USER_PIN))
        info->flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    if (memory)
        info->ulFreePublicMemory = (CK_ULONG)memory->value;
    tell_pin(info);
    return CKR_OK;
}

CK_RV wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved)
{
    const struct rule *events = standing(EVENTS);
    bool blocks = !(flags & CKF_DONT_BLOCK);
    (void)reserved;
    if (!events)
        return CKR_FUNCTION_NOT_SUPPORTED;
    for (;;) {
        bool present = !absent();
        if (present != last_event && (blocks || events->value)) {
            last_event = present;
            return token_slot(slot) ? CKR_OK : CKR_GENERAL_ERROR;
        }
        if (!blocks)
            return CKR_NO_EVENT;
        usleep(5000);
        read_rules();
        if (!(events = standing(EVENTS)))
            return CKR_CRYPTOKI_NOT_INITIALIZED;
    }
}
