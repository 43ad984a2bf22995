/* A PKCS #11 library that hands everything on to another one (TESTAMUR_BENCHMARK_TOKEN) and signs more slowly, as a device does that works by
   itself: TESTAMUR_BENCHMARK_WAITING nanoseconds are added to each signature, in which the processor is free, and of all processes one signs
   at a time (a lock on the file TESTAMUR_BENCHMARK_LOCK). */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define FUNCTIONS 68 /* PKCS #11 v2.40, pkcs11f.h: their order is the standard's */
#define GET_FUNCTION_LIST 3
#define SIGN 43

typedef unsigned long word;
typedef struct {
    unsigned char major, minor;
    void *functions[FUNCTIONS];
} list;
typedef word (*get_list)(list **);
typedef word (*sign)(word, unsigned char *, word, unsigned char *, word *);

static list ours;
static list *theirs;
static struct timespec waiting;
static int lock = -1;
static pid_t locked_by; /* a lock belongs to what was opened, and a child has its parent's */

static word slow_sign(word session, unsigned char *data, word size, unsigned char *signature, word *length) {
    if (lock < 0 || locked_by != getpid()) {
        lock = open(getenv("TESTAMUR_BENCHMARK_LOCK"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        locked_by = getpid();
    }
    flock(lock, LOCK_EX);
    if (signature != NULL && waiting.tv_nsec != 0) nanosleep(&waiting, NULL);
    word result = ((sign)theirs->functions[SIGN])(session, data, size, signature, length);
    flock(lock, LOCK_UN);
    return result;
}

word C_GetFunctionList(list **found) {
    if (theirs == NULL) {
        void *library = dlopen(getenv("TESTAMUR_BENCHMARK_TOKEN"), RTLD_NOW | RTLD_LOCAL);
        get_list get = library == NULL ? NULL : (get_list)dlsym(library, "C_GetFunctionList");
        if (get == NULL || get(&theirs) != 0) return 5; /* CKR_GENERAL_ERROR */
        waiting.tv_nsec = atol(getenv("TESTAMUR_BENCHMARK_WAITING"));
        ours = *theirs;
        ours.functions[GET_FUNCTION_LIST] = (void *)C_GetFunctionList;
        ours.functions[SIGN] = (void *)slow_sign;
    }
    *found = &ours;
    return 0;
}
