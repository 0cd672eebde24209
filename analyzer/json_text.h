/* SPDX-License-Identifier: MIT */
/*
 * jansson with the two things it lacks for us: text that may not be UTF-8, and
 * addresses, which do not fit the 53 bits that JSON readers keep of a number.
 */
#ifndef DLSCOPE_JSON_TEXT_H
#define DLSCOPE_JSON_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* To be called before anything else: running out of memory then ends the
 * program, as it does in GLib, in place of leaving out members. */
void json_text_setup(void);

/* object[name] = text, null for NULL.  Text that is not UTF-8 is escaped, and
 * object[name_bytes] holds the bytes as base64. */
void json_set_text(json_t *object, const char *name, const char *text);

/* object[name] = the array of texts; name_bytes likewise, if one needs it. */
void json_set_texts(json_t *object, const char *name, const char *const *texts, size_t count);

/* object[name] = "0x..." */
void json_set_address(json_t *object, const char *name, uint64_t address);

/* object[name] = value */
void json_set_number(json_t *object, const char *name, uint64_t value);

/* object[name] = id, null for 0 */
void json_set_id(json_t *object, const char *name, uint64_t id);

/* object[name] = lower-case hex digits of the bytes */
void json_set_hex(json_t *object, const char *name, const void *bytes, size_t count);

/* "0x..." */
json_t *json_address(uint64_t address);

#endif
