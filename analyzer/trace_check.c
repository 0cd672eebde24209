/* SPDX-License-Identifier: MIT */
/*
 * Metadata in packets (CTF 1.8, section 7.1), which is what LTTng writes: each
 * has a header with its size, so a file that was cut off can be told.  Metadata
 * as plain text is left to babeltrace2.
 */
#include "trace_check.h"

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

struct packet_header {
	uint32_t magic;
	uint8_t uuid[16];
	uint32_t checksum;
	uint32_t content_size; /* in bits, this header included; so is packet_size */
	uint32_t packet_size;
	uint8_t compression, encryption, checksum_scheme, major, minor;
} __attribute__((packed));

static const uint32_t metadata_magic = 0x75d11d57;

static uint32_t in_order(uint32_t value, bool swapped)
{
	return swapped ? __builtin_bswap32(value) : value;
}

/* Moves over one packet; false when what is there is not a whole one. */
static bool skip_packet(FILE *file, const struct packet_header *header, bool swapped, uint64_t left)
{
	uint64_t bits = in_order(header->packet_size, swapped);

	return in_order(header->magic, swapped) == metadata_magic && bits % 8 == 0 &&
	       bits / 8 >= sizeof(*header) && bits / 8 <= left &&
	       in_order(header->content_size, swapped) >= 8 * sizeof(*header) &&
	       in_order(header->content_size, swapped) <= bits &&
	       fseek(file, (long)(bits / 8 - sizeof(*header)), SEEK_CUR) == 0;
}

static bool packets_are_whole(FILE *file, uint64_t size, bool swapped)
{
	struct packet_header header;
	uint64_t left = size;

	rewind(file);
	while (left) {
		if (fread(&header, sizeof(header), 1, file) != 1 ||
		    !skip_packet(file, &header, swapped, left))
			return false;
		left -= in_order(header.packet_size, swapped) / 8;
	}
	return true;
}

struct error *trace_check_metadata(const char *dir)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	struct stat status;
	uint32_t magic = 0;

	if (asprintf(&path, "%s/metadata", dir) < 0) {
		path = NULL;
		return error_no_memory();
	}
	file = fopen(path, "r");
	if (!file || fstat(fileno(file), &status))
		return error_errno(errno, "cannot read %s", path);
	if (status.st_size == 0)
		return error_create("%s is empty: the recording was cut off", path);
	if (fread(&magic, sizeof(magic), 1, file) != 1 ||
	    (magic != metadata_magic && magic != __builtin_bswap32(metadata_magic)))
		return NULL;
	if (!packets_are_whole(file, (uint64_t)status.st_size, magic != metadata_magic))
		return error_create("%s is cut off or damaged: the trace cannot be read", path);
	return NULL;
}

/* The text of the metadata: what stands in its packets, or the file itself. */
static GString *metadata_text(FILE *file)
{
	GString *text = g_string_new(NULL);
	struct packet_header header;
	char buffer[65536];

	while (fread(&header, sizeof(header), 1, file) == 1) {
		bool swapped = header.magic != metadata_magic;
		uint64_t content = in_order(header.content_size, swapped) / 8 - sizeof(header);
		uint64_t padding = in_order(header.packet_size, swapped) / 8 - sizeof(header) -
				   content;
		size_t got;

		while (content && (got = fread(buffer, 1, MIN(content, sizeof(buffer)), file))) {
			g_string_append_len(text, buffer, (gssize)got);
			content -= got;
		}
		if (content || fseek(file, (long)padding, SEEK_CUR))
			break;
	}
	return text;
}

bool trace_has_streams(const char *dir)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	uint32_t magic = 0;
	GString *text;
	bool found;

	if (asprintf(&path, "%s/metadata", dir) < 0)
		path = NULL;
	file = path ? fopen(path, "r") : NULL;
	if (!file || fread(&magic, sizeof(magic), 1, file) != 1 ||
	    (magic != metadata_magic && magic != __builtin_bswap32(metadata_magic)))
		return true; /* plain text, or nothing we can tell: babeltrace2 will say */
	rewind(file);
	text = metadata_text(file);
	found = strstr(text->str, "stream {") != NULL;
	g_string_free(text, TRUE);
	return found;
}
