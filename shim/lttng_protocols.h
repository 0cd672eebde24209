/* SPDX-License-Identifier: MIT */
/*
 * LTTng's names that end with the number of the protocol between programs and session
 * daemons: lttng-ust-sock-N, lttng-ust-wait-N.  8 is that of LTTng 2.13, 11 of 2.16;
 * those to come are looked for, too.
 */
#ifndef DLSCOPE_LTTNG_PROTOCOLS_H
#define DLSCOPE_LTTNG_PROTOCOLS_H

enum { LTTNG_FIRST_PROTOCOL = 8, LTTNG_LAST_PROTOCOL = 19 };

#endif
