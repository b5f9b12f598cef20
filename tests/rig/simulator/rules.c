/* The control folder: `rules` is read at every call, `counts` and `calls` are written. */
#include "simulator.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RULES = 64, IDS = 1024 };

struct counts {
    long wrong_pins;
    long wrong_so_pins;
    long of_rule[IDS];
    bool started[IDS];
};

static struct rule rules[RULES];
static int rule_count;

static void give_up(const char *what, const char *about)
{
    fprintf(stderr, "simulator: %s: %s\n", what, about);
    abort();
}

const char *control_path(const char *name)
{
    static char path[4096];
    const char *folder = getenv("SIMULATOR_CONTROL");
    if (!folder)
        give_up("not set", "SIMULATOR_CONTROL");
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static struct counts *counts(void)
{
    static struct counts *mapped;
    if (!mapped) {
        int file = open(control_path("counts"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0 || ftruncate(file, sizeof *mapped) != 0)
            give_up("cannot write", "counts");
        mapped = mmap(NULL, sizeof *mapped, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped == MAP_FAILED)
            give_up("cannot map", "counts");
        close(file);
    }
    return mapped;
}

long *wrong_pins(void)
{
    return &counts()->wrong_pins;
}

long *wrong_so_pins(void)
{
    return &counts()->wrong_so_pins;
}

long *count_of(const struct rule *rule)
{
    return &counts()->of_rule[rule->id];
}

static int named(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (names[i] && strcmp(names[i], name) == 0)
            return i;
    give_up("unknown word in a rule", name);
    return -1;
}

#define X(action, word) [action] = word,
static const char *const actions[] = {ACTIONS(X)};
#undef X
#define X(call, need, behaviour, parameters, arguments) [CALL_##call] = #call,
static const char *const calls[] = {[ANY_CALL] = "-", CALLS(X)};
#undef X

/* One line: id, action, call, since, value, times, after, text; tabs between, "-" where there is no call or text. */
static void parse(const char *line, struct rule *rule)
{
    char action[32], call[32], since[32];
    int fields = sscanf(line, "%d\t%31[^\t]\t%31[^\t]\t%31[^\t]\t%ld\t%ld\t%ld\t%255[^\n]", &rule->id, action, call,
                        since, &rule->value, &rule->times, &rule->after, rule->text);
    if (fields != 8 || rule->id < 0 || rule->id >= IDS)
        give_up("not a rule", line);
    rule->action = (enum action)named(actions, ACTION_COUNT, action);
    rule->call = (enum call)named(calls, CALL_COUNT, call);
    rule->since = (enum call)named(calls, CALL_COUNT, since);
}

void read_rules(void)
{
    char line[512];
    FILE *file = fopen(control_path("rules"), "re");
    rule_count = 0;
    if (!file)
        return;
    while (fgets(line, sizeof line, file)) {
        if (rule_count == RULES)
            give_up("too many rules", line);
        parse(line, &rules[rule_count++]);
    }
    fclose(file);
}

static void log_name(const char *name)
{
    int file = open(control_path("calls"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || dprintf(file, "%s\n", name) < 0)
        give_up("cannot write", "calls");
    close(file);
}

void begin_call(enum call call)
{
    log_name(calls[call]);
    read_rules();
    for (int i = 0; i < rule_count; i++)
        if (rules[i].since == call)
            counts()->started[rules[i].id] = true;
    count_absence();
}

static bool stands(const struct rule *rule)
{
    return rule->since == ANY_CALL || counts()->started[rule->id];
}

const struct rule *next_rule(const struct rule *rule, enum action action, enum call call)
{
    for (rule = rule ? rule + 1 : rules; rule < rules + rule_count; rule++)
        if (rule->action == action && rule->call == call && stands(rule))
            return rule;
    return NULL;
}

const struct rule *standing(enum action action)
{
    return next_rule(NULL, action, ANY_CALL);
}

bool has_fired(const struct rule *rule)
{
    long seen = *count_of(rule);
    return seen >= rule->after && (rule->times == 0 || seen < rule->after + rule->times);
}

bool fires(const struct rule *rule)
{
    if (!rule)
        return false;
    ++*count_of(rule);
    return has_fired(rule);
}
