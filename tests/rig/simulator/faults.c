/* Faults that any call can have: answers, waits, deaths, noise, processes left behind. */
#include "simulator.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_LIVES = 600 }; /* seconds, should the test forget it; no number is given to another process so soon */

static const struct rule *fired(enum action action, enum call call)
{
    const struct rule *found = NULL;
    for (const struct rule *rule = NULL; (rule = next_rule(rule, action, call));)
        if (fires(rule) && !found)
            found = rule;
    return found;
}

static void note_child(pid_t pid)
{
    int file = open(control_path("children"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    dprintf(file, "%d\n", (int)pid);
    close(file);
}

/* A grandchild that keeps every descriptor open and outlives the driver. */
static void leave_fork_behind(void)
{
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild != 0)
            _exit(0);
        setsid();
        signal(SIGALRM, SIG_DFL);
        alarm(CHILD_LIVES);
        note_child(getpid());
        for (;;)
            pause();
    }
    waitpid(child, NULL, 0);
}

static void leave_program_behind(void)
{
    extern char **environ;
    char seconds[16];
    char *const words[] = {"sleep", seconds, NULL};
    pid_t pid;
    snprintf(seconds, sizeof seconds, "%d", CHILD_LIVES);
    if (posix_spawnp(&pid, words[0], NULL, NULL, words, environ) == 0)
        note_child(pid);
}

static void meddle(void)
{
    if (chdir("/") != 0)
        return;
    umask(0777);
    setlocale(LC_ALL, "C");
    setenv("PYTHONPATH", "/nowhere", 1);
    signal(SIGALRM, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_DFL);
}

static void leak(size_t bytes)
{
    static void *volatile last; /* or else the compiler sees that nobody needs it */
    last = malloc(bytes);
    if (last)
        memset(last, 1, bytes);
}

static void crash(void)
{
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

/* Written past stdio, as the noise of a real driver would be. */
static void say(int where, const char *text)
{
    if (dprintf(where, "%s\n", text) < 0)
        return; /* nobody listens */
}

bool answered(enum call call, CK_RV *value)
{
    const struct rule *rule;
    if ((rule = fired(STDOUT, call)))
        say(STDOUT_FILENO, rule->text);
    if ((rule = fired(STDERR, call)))
        say(STDERR_FILENO, rule->text);
    if ((rule = fired(LEAK, call)))
        leak((size_t)rule->value);
    if (fired(FORK, call))
        leave_fork_behind();
    if (fired(SPAWN, call))
        leave_program_behind();
    if (fired(MEDDLE, call))
        meddle();
    if ((rule = fired(DELAY, call)))
        usleep((useconds_t)rule->value * 1000);
    if (fired(HANG, call))
        for (;;)
            pause();
    if (fired(CRASH, call))
        crash();
    if ((rule = fired(EXIT, call)))
        _exit((int)rule->value);
    if ((rule = fired(RETURN, call)))
        *value = (CK_RV)rule->value;
    return rule != NULL;
}

CK_RV leave(enum call call, CK_RV value)
{
    const struct rule *rule;
    if (fired(KILL_AFTER, call))
        raise(SIGKILL);
    if ((rule = fired(LOSE, call)))
        value = (CK_RV)rule->value;
    return value;
}
