/* SPDX-License-Identifier: MIT */
/* The shim's only way to speak: one line on stderr, for mistakes in its own
 * settings.  Never used on the hook path. */
#ifndef DLSCOPE_SAY_H
#define DLSCOPE_SAY_H

/* Writes "dlscope: " and the parts, up to NULL, in one write.  Keeps errno. */
void say(const char *part, ...) __attribute__((sentinel));

#endif
