/* SPDX-License-Identifier: MIT */
/*
 * Reads ld.so.cache in its newer format, which ldconfig has written by default since
 * glibc 2.32 (glibc 2.36, sysdeps/generic/dl-cache.h): a header, one entry per library,
 * and the texts that the entries point to, by offset from the header.
 */
#include "ld_cache.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MAGIC "glibc-ld.so.cache1.1"

struct header {
	char magic[20];
	uint32_t count, texts_size;
	uint8_t flags, padding[3];
	uint32_t extensions, unused[3];
};

struct entry {
	int32_t flags;
	uint32_t name, path, os_version;
	uint64_t hwcap;
};

_Static_assert(sizeof(struct header) == 48 && sizeof(struct entry) == 24,
	       "as in the file of 64-bit and 32-bit systems alike");

struct ld_cache {
	char *bytes;
	size_t size;
	uint32_t count;
};

static bool is_known(const char *bytes, size_t size, uint32_t *count)
{
	struct header header;

	if (size < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	*count = header.count;
	return !memcmp(header.magic, MAGIC, strlen(MAGIC)) &&
	       header.count <= (size - sizeof(header)) / sizeof(struct entry);
}

struct ld_cache *ld_cache_read(const char *path)
{
	g_autofree char *bytes = NULL;
	struct ld_cache *cache;
	uint32_t count;
	gsize size;

	if (!g_file_get_contents(path, &bytes, &size, NULL) || !is_known(bytes, size, &count))
		return NULL;
	cache = g_new0(struct ld_cache, 1);
	cache->bytes = g_steal_pointer(&bytes); /* with a NUL behind its end */
	cache->size = size;
	cache->count = count;
	return cache;
}

void ld_cache_free(struct ld_cache *cache)
{
	if (cache)
		g_free(cache->bytes);
	g_free(cache);
}

static const char *text_at(const struct ld_cache *cache, uint32_t offset)
{
	return offset < cache->size ? cache->bytes + offset : "";
}

void ld_cache_each(const struct ld_cache *cache, ld_cache_fn *function, void *data)
{
	uint32_t i;

	for (i = 0; cache && i < cache->count; i++) {
		struct entry entry;

		memcpy(&entry, cache->bytes + sizeof(struct header) + i * sizeof(entry),
		       sizeof(entry));
		function(text_at(cache, entry.name), text_at(cache, entry.path), data);
	}
}
