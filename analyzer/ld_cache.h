/* SPDX-License-Identifier: MIT */
/*
 * The loader's cache of libraries, /etc/ld.so.cache.
 */
#ifndef DLSCOPE_LD_CACHE_H
#define DLSCOPE_LD_CACHE_H

#include <stddef.h>

#define LD_CACHE "/etc/ld.so.cache"

struct ld_cache;

/* NULL when it cannot be read or is of another format. */
struct ld_cache *ld_cache_read(const char *path);
void ld_cache_free(struct ld_cache *cache);

/* Calls `function` with each library: its name and its path. */
typedef void ld_cache_fn(const char *name, const char *path, void *data);
void ld_cache_each(const struct ld_cache *cache, ld_cache_fn *function, void *data);

#endif
