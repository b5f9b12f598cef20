/* The module itself: SoftHSM2's function list with the calls of CALLS replaced. */
#include "simulator.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

CK_FUNCTION_LIST_PTR real;

#define X(call, need, behaviour, parameters, arguments) \
    static CK_RV ruled_##call parameters \
    { \
        CK_RV value; \
        begin_call(CALL_##call); \
        if (answered(CALL_##call, &value)) \
            return value; \
        if (!out_of_reach(need, &value)) \
            value = behaviour arguments; \
        return leave(CALL_##call, value); \
    }
CALLS(X)
#undef X

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    static CK_FUNCTION_LIST own;
    const char *path = getenv("SIMULATOR_BEHIND");
    void *behind = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    CK_C_GetFunctionList get = NULL;
    if (behind)
        *(void **)&get = dlsym(behind, "C_GetFunctionList");
    if (!get || get(&real) != CKR_OK) {
        fprintf(stderr, "simulator: no module behind (SIMULATOR_BEHIND)\n");
        return CKR_GENERAL_ERROR;
    }
    own = *real;
#define X(call, need, behaviour, parameters, arguments) own.call = ruled_##call;
    CALLS(X)
#undef X
    *list = &own;
    return CKR_OK;
}
