/* SPDX-License-Identifier: MIT */
/* See entry_members.h, entry_members.def. */
#include "entry_members.h"

#include <stddef.h>
#include <string.h>

#include "conventions.h"
#include "counters.h"
#include "elf_image.h"
#include "thunk_pool.h"
#include "trace.h"

enum failure { NONZERO, ZERO };

static const struct member {
	const char *convention, *name;
	size_t offset;
	enum failure failure;
	size_t copied;
} members[] = {
#define MEMBER(convention, name, offset, failure, copied) \
	{ #convention, name, offset, failure, copied },
#include "entry_members.def"
#undef MEMBER
};

enum { MEMBERS = sizeof members / sizeof members[0] };

static const struct member *member_of(const struct convention *convention)
{
	for (size_t i = 0; i < MEMBERS && !convention->user; i++)
		if (strcmp(members[i].convention, convention->id) == 0)
			return &members[i];
	return NULL;
}

/* --- what is written ---------------------------------------------------------- */

static void before_member(struct span *span, const struct thunk *thunk, const intptr_t *arguments)
{
	span->call.init_call = THUNK_GET(thunk->call);
	span->call.slot = SLOT_MEMBER;
	span->call.slot_index = 0;
	span->call.address = (uintptr_t)thunk->function;
	span->call.module_context = THUNK_GET(thunk->name);
	span->call.interpreter = 0;
	span_emit(span, EVENT_slot_begin);
}

static void after_member(struct span *span, const struct thunk *thunk, intptr_t result)
{
	const struct member *member = member_of(THUNK_GET(thunk->convention));
	span->call.outcome = INIT_RETURNED;
	span->call.result = (uint64_t)result;
	span->call.failed = member && ((int)result == 0) == (member->failure == ZERO);
	span->call.exception = span->call.exception_text = "";
}

static const struct thunk_role member_role = {
	.begin_event = EVENT_slot_begin,
	.end_event = EVENT_slot_end,
	.unwound = INIT_UNWOUND,
	.before = before_member,
	.after = after_member,
};

/* --- copies --------------------------------------------------------------------- */

enum { COPIES = 512, COPY_SIZE = 112 };

/* The copy of a structure that is constant, always the same for the same one; NULL when
 * there is no room.  Threads that want one at once may each get one. */
static char *copy_of(const void *original, size_t size)
{
	static struct copy {
		const void *original;
		_Alignas(16) char bytes[COPY_SIZE];
	} copies[COPIES];
	static uint32_t used;
	uint32_t count = __atomic_load_n(&used, __ATOMIC_ACQUIRE);
	for (uint32_t i = 0; i < count && i < COPIES; i++)
		if (__atomic_load_n(&copies[i].original, __ATOMIC_ACQUIRE) == original)
			return (char *)memcpy(copies[i].bytes, original, size);
	if (size > COPY_SIZE || count >= COPIES ||
	    (count = __atomic_fetch_add(&used, 1, __ATOMIC_ACQ_REL)) >= COPIES)
		return NULL;
	memcpy(copies[count].bytes, original, size);
	__atomic_store_n(&copies[count].original, original, __ATOMIC_RELEASE);
	return copies[count].bytes;
}

intptr_t entry_member_wrap(struct span *span, const struct thunk *thunk, intptr_t result)
{
	const struct convention *convention = THUNK_GET(thunk->convention);
	const struct member *member = member_of(convention);
	if (!member || !result ||
	    (!member->copied && !elf_is_writable((void *)(result + (intptr_t)member->offset))))
		return result;
	char *structure = member->copied ? copy_of((void *)result, member->copied) : (char *)result;
	void **function = structure ? (void **)(structure + member->offset) : NULL;
	if (!function || !*function)
		return result;
	struct thunk *wrapper = thunk_at(*function);
	if (!wrapper) {
		wrapper = thunk_for((uintptr_t)function);
		if (!wrapper) {
			counter_add(&span->process->counters.thunks_exhausted, 1);
			return result;
		}
		THUNK_SET(wrapper->function, *function);
		THUNK_SET(wrapper->convention, convention);
		THUNK_SET(wrapper->name, member->name);
		THUNK_SET(wrapper->role, &member_role);
	}
	THUNK_SET(wrapper->call, span->call.call);
	__atomic_store_n(function, thunk_address(wrapper), __ATOMIC_RELEASE);
	return (intptr_t)structure;
}
