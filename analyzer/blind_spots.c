/* SPDX-License-Identifier: MIT */
/*
 * Farewell counters in words.
 */
#include "blind_spots.h"

size_t process_blind_spots(const struct process *process, struct blind_spot *spots, size_t size)
{
	const struct blind_spot all[] = {
#define BLIND_SPOT(counter, words) { #counter, words, process->farewell.counter },
#include "blind_spots.def"
#undef BLIND_SPOT
	};
	size_t i, count = 0;

	for (i = 0; i < G_N_ELEMENTS(all) && count < size; i++)
		if (all[i].count)
			spots[count++] = all[i];
	return count;
}
