/* SPDX-License-Identifier: MIT */
/* The shim's settings, read once from the environment: rows of settings.def. */
#ifndef DLSCOPE_SETTINGS_H
#define DLSCOPE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum dlsym_scope { DLSYM_ALL, DLSYM_INIT, DLSYM_NONE };

struct settings {
#define NUMBER						       uint32_t
#define SWITCH						       bool
#define TEXT						       const char *
#define DLSYM_SCOPE					       enum dlsym_scope
#define SETTING(variable, field, kind, initial, meaning, cost) kind field;
#include "settings.def"
#undef SETTING
#undef NUMBER
#undef SWITCH
#undef TEXT
#undef DLSYM_SCOPE
};

extern struct settings settings;

/* Reads the environment.  A value that cannot be read is said once on stderr and
 * the default stands.  Called once, before the sink is attached. */
void settings_read(void);

#endif
