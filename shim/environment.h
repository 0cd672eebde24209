/* SPDX-License-Identifier: MIT */
/*
 * Reading the environment where getenv() might be a sanitizer's that is still setting
 * itself up.
 */
#ifndef DLSCOPE_ENVIRONMENT_H
#define DLSCOPE_ENVIRONMENT_H

/* What stands behind `name`, which ends in '=', in the first variable that begins so; NULL
 * when there is none.  As unsafe as getenv() beside a setenv(): before there are threads. */
char *environment_behind(const char *name);

#endif
