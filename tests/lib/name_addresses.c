/* SPDX-License-Identifier: MIT */
/*
 * Names the addresses that it reads, without a trace: for tests and benchmarks of
 * the symbolizer.
 *
 *	name_addresses [--sysroot DIR] [--debug-dir DIRS] [--debuginfod] [--cost]
 *
 * Input, a line each:  PATH BUILD-ID SIZE MTIME-NS OFFSET   (BUILD-ID "-": none)
 * Output, a line each: FUNCTION FILE:LINE, innermost first, with " < " between;
 * "?" for what is not known.  --cost prints what it took in place of that.
 */
#include <getopt.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>

#include "symbolize.h"

struct address {
	struct symbol_source source;
	uint64_t offset;
};

static bool read_address(struct address *address)
{
	static char path[4096], build_id[160];
	struct symbol_source *source = &address->source;

	if (scanf("%4095s %159s %" SCNu64 " %" SCNd64 " %" SCNx64, path, build_id, &source->size,
		  &source->mtime_ns, &address->offset) != 5)
		return false;
	source->path = g_intern_string(path);
	source->build_id = g_intern_string(strcmp(build_id, "-") ? build_id : "");
	return true;
}

static GArray *read_addresses(void)
{
	GArray *addresses = g_array_new(FALSE, FALSE, sizeof(struct address));
	struct address address;

	while (read_address(&address))
		g_array_append_val(addresses, address);
	return addresses;
}

static void print_places(const struct code_places *places)
{
	uint32_t i;

	for (i = 0; i < places->count; i++)
		printf("%s%s %s:%u", i ? " < " : "",
		       places->at[i].function ? places->at[i].function : "?",
		       places->at[i].file ? places->at[i].file : "?", places->at[i].line);
	puts(places->count ? "" : "?");
}

static void name_all(struct symbolizer *symbolizer, const GArray *addresses, bool print)
{
	guint i;

	for (i = 0; i < addresses->len; i++) {
		const struct address *address = &g_array_index(addresses, struct address, i);

		symbolizer_want(symbolizer, &address->source, address->offset);
	}
	for (i = 0; i < addresses->len; i++) {
		const struct address *address = &g_array_index(addresses, struct address, i);
		const struct code_places *places = symbolize(symbolizer, &address->source,
							     address->offset);

		if (print)
			print_places(places);
	}
}

/* This process and the one that reads the files. */
static void print_cost(gint64 begin_us)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	printf("%.3f s, %ld MiB\n", (double)(g_get_monotonic_time() - begin_us) / 1e6,
	       (self.ru_maxrss + children.ru_maxrss) / 1024);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = { { "sysroot", required_argument, NULL, 's' },
					       { "debug-dir", required_argument, NULL, 'd' },
					       { "debuginfod", no_argument, NULL, 'n' },
					       { "cost", no_argument, NULL, 'c' },
					       { NULL, 0, NULL, 0 } };
	struct symbol_search search = { NULL, NULL, false };
	struct symbolizer *symbolizer;
	gint64 begin_us;
	g_autoptr(GArray) addresses = NULL;
	bool cost = false;
	int option;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 's': search.sysroot = optarg; break;
		case 'd': search.debug_dir = optarg; break;
		case 'n': search.debuginfod = true; break;
		case 'c': cost = true; break;
		default: return 2;
		}
	addresses = read_addresses();
	begin_us = g_get_monotonic_time();
	symbolizer = symbolizer_create(&search);
	name_all(symbolizer, addresses, !cost);
	symbolizer_complain(symbolizer, stderr);
	symbolizer_free(symbolizer);
	if (cost)
		print_cost(begin_us);
	return 0;
}
