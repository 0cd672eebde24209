/* SPDX-License-Identifier: MIT */
/*
 * Finding a gadget, x86-64: a byte 0xC3 (`ret`) in the code of an object, at a
 * place for which the object's .eh_frame declares a frame that we can build.
 *
 * Any 0xC3 would do for the processor, also one inside a longer instruction.
 * But an unwinder that meets our return address looks up the frame rule of the
 * byte before it, and would walk into nowhere (or, for an exception, call
 * terminate) if that rule did not fit the stack.  So the call frame information
 * is read here, as far as compilers use it in ordinary functions; whatever goes
 * beyond (expressions, personality data, signal frames) is passed over, since
 * there is always another function.
 *
 * Formats: LSB 5.0 "Exception Frames" (.eh_frame, .eh_frame_hdr), DWARF 5
 * section 6.4.2 (call frame instructions).
 */
#include "gadget.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "elf_image.h"

enum {
	RET = 0xc3,
	REG_RBP = 6,
	REG_RSP = 7,
	REG_RA = 16,
	PCREL_SDATA4 = 0x1b,   /* how FDE addresses are written by GNU as and LLVM */
	DATAREL_SDATA4 = 0x3b, /* and the search table, by GNU ld, gold, lld */
	UDATA4 = 0x03,
	FRAME_MAX = 64,	 /* largest frame worth building */
	FDES_MAX = 4096, /* bound on the search */
};

struct bytes {
	const uint8_t *at, *end;
	bool bad; /* ran over the end; everything read since is 0 */
};

static uint64_t read_fixed(struct bytes *b, size_t size)
{
	uint64_t value = 0;
	if (b->bad || (size_t)(b->end - b->at) < size) {
		b->bad = true;
		return 0;
	}
	memcpy(&value, b->at, size);
	b->at += size;
	return value;
}

static uint64_t read_uleb(struct bytes *b)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte = read_fixed(b, 1);
		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	b->bad = true;
	return 0;
}

static int64_t read_sleb(struct bytes *b)
{
	int64_t value = 0;
	for (unsigned shift = 0; shift < 63;) {
		uint64_t byte = read_fixed(b, 1);
		value |= (int64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80))
			return byte & 0x40 ? value - ((int64_t)1 << shift) : value;
	}
	b->bad = true;
	return 0;
}

static void skip(struct bytes *b, uint64_t size)
{
	if (b->bad || (uint64_t)(b->end - b->at) < size)
		b->bad = true;
	else
		b->at += size;
}

/* Tables of opcodes, a row is a line. */
/* clang-format off */

/* Size of a pointer in a DW_EH_PE encoding, 0 for one we do not read. */
static size_t encoded_size(uint8_t encoding)
{
	switch (encoding & 0x0f) {
	case 0x00: case 0x04: case 0x0c: return 8;
	case 0x02: case 0x0a: return 2;
	case 0x03: case 0x0b: return 4;
	default: return 0;
	}
}
/* clang-format on */

/* A length-prefixed record (CIE or FDE): *b is set to its body. */
static bool open_record(const uint8_t *at, const struct dl_find_object *object, struct bytes *b)
{
	if ((const void *)at < object->dlfo_map_start || (const void *)at >= object->dlfo_map_end)
		return false;
	*b = (struct bytes){ at, object->dlfo_map_end, false };
	uint32_t length = read_fixed(b, 4);
	if (b->bad || length == 0 || length == 0xffffffff || length > (size_t)(b->end - b->at))
		return false;
	b->end = b->at + length;
	return true;
}

struct cie {
	uint64_t code_align;
	int64_t data_align;
	bool has_data; /* FDEs carry augmentation data */
	size_t lsda_size;
	struct bytes instructions;
};

static bool read_augmentation(struct bytes *b, const char *letters, struct cie *cie)
{
	if (*letters == '\0')
		return false; /* no 'R': absolute addresses, which nobody writes any more */
	if (*letters++ != 'z')
		return false;
	struct bytes data = *b;
	cie->has_data = true;
	uint64_t size = read_uleb(b);
	data = *b;
	skip(b, size);
	bool pcrel = false;
	for (; *letters; letters++) {
		uint8_t encoding = read_fixed(&data, 1);
		if (*letters == 'R')
			pcrel = encoding == PCREL_SDATA4;
		else if (*letters == 'P')
			skip(&data, encoded_size(encoding));
		else if (*letters == 'L')
			cie->lsda_size = encoded_size(encoding);
		else
			return false; /* 'S': signal frame; others: not known here */
	}
	return pcrel && !data.bad && !b->bad;
}

static bool read_cie(const uint8_t *at, const struct dl_find_object *object, struct cie *cie)
{
	struct bytes b;
	memset(cie, 0, sizeof *cie);
	if (!open_record(at, object, &b) || read_fixed(&b, 4) != 0)
		return false;
	uint8_t version = read_fixed(&b, 1);
	const char *letters = (const char *)b.at;
	while (!b.bad && read_fixed(&b, 1) != 0)
		;
	cie->code_align = read_uleb(&b);
	cie->data_align = read_sleb(&b);
	uint64_t return_register = version == 1 ? read_fixed(&b, 1) : read_uleb(&b);
	if (b.bad || (version != 1 && version != 3) || return_register != REG_RA)
		return false;
	if (!read_augmentation(&b, letters, cie))
		return false;
	cie->instructions = b;
	return true;
}

/* One row of the frame table: the rule for the CFA, from one address on. */
struct row {
	uint64_t reg, offset;
	bool good; /* CFA is reg + offset and the return address stands below it */
};

struct frame_program {
	const struct cie *cie;
	uintptr_t location, end; /* code that the row in effect starts at; end of the FDE */
	struct row row, saved[8];
	unsigned depth;
	struct gadget *found;
};

static uintptr_t buildable_frame(const struct row *row)
{
	if (!row->good)
		return 0;
	if (row->reg == REG_RSP && row->offset >= 8 && row->offset <= FRAME_MAX &&
	    row->offset % 8 == 0)
		return row->offset;
	if (row->reg == REG_RBP && row->offset == 16)
		return 24; /* %rbp is C-16, so any frame that has room for that slot */
	return 0;
}

/* The row in effect ends at `until`: a ret whose predecessor it covers? */
static void search_row(struct frame_program *p, uintptr_t until)
{
	uintptr_t frame_size = buildable_frame(&p->row);
	uintptr_t last = until < p->end ? until : p->end - 1;
	if (!frame_size || p->found->address || p->location + 1 > last)
		return;
	const uint8_t *ret = memchr((const void *)(p->location + 1), RET, last - p->location);
	if (ret)
		*p->found = (struct gadget){ (uintptr_t)ret, frame_size };
}

static void advance(struct frame_program *p, uint64_t delta)
{
	uintptr_t next = p->location + delta * p->cie->code_align;
	if (next > p->end || next < p->location)
		next = p->end;
	search_row(p, next);
	p->location = next;
}

static void set_register_rule(struct frame_program *p, uint64_t reg, int64_t offset)
{
	if (reg == REG_RA && offset != -8)
		p->row.good = false;
}

/* clang-format off */
/* One instruction with its opcode in the low six bits; false: not understood. */
static bool run_extended(struct frame_program *p, uint8_t opcode, struct bytes *b)
{
	uint64_t reg;
	switch (opcode) {
	case 0x00: return true;                                           /* nop */
	case 0x02: advance(p, read_fixed(b, 1)); return true;             /* advance_loc1 */
	case 0x03: advance(p, read_fixed(b, 2)); return true;             /* advance_loc2 */
	case 0x04: advance(p, read_fixed(b, 4)); return true;             /* advance_loc4 */
	case 0x05: reg = read_uleb(b);                                    /* offset_extended */
		set_register_rule(p, reg, (int64_t)read_uleb(b) * p->cie->data_align);
		return true;
	case 0x06: case 0x08: return read_uleb(b) != REG_RA;              /* restore, same_value */
	case 0x09: reg = read_uleb(b); read_uleb(b); return reg != REG_RA; /* register */
	case 0x0a:                                                        /* remember_state */
		if (p->depth == 8)
			return false;
		p->saved[p->depth++] = p->row;
		return true;
	case 0x0b:                                                        /* restore_state */
		if (p->depth == 0)
			return false;
		p->row = p->saved[--p->depth];
		return true;
	case 0x0c: p->row.reg = read_uleb(b); p->row.offset = read_uleb(b); return true; /* def_cfa */
	case 0x0d: p->row.reg = read_uleb(b); return true;                /* def_cfa_register */
	case 0x0e: p->row.offset = read_uleb(b); return true;             /* def_cfa_offset */
	case 0x10: reg = read_uleb(b); skip(b, read_uleb(b)); return reg != REG_RA; /* expression */
	case 0x2e: read_uleb(b); return true;                             /* GNU_args_size */
	default: return false;
	}
}
/* clang-format on */

static bool run(struct frame_program *p, struct bytes instructions)
{
	while (!instructions.bad && instructions.at < instructions.end) {
		uint8_t byte = read_fixed(&instructions, 1);
		uint8_t low = byte & 0x3f;
		switch (byte >> 6) {
		case 1: advance(p, low); break;
		case 2:
			set_register_rule(p, low,
					  (int64_t)read_uleb(&instructions) * p->cie->data_align);
			break;
		case 3: break; /* restore: of no callee-saved register do we care */
		default:
			if (!run_extended(p, low, &instructions))
				return false;
		}
	}
	return !instructions.bad;
}

static bool search_fde(const uint8_t *at, const struct dl_find_object *object,
		       struct gadget *gadget)
{
	struct bytes b;
	struct cie cie;
	if (!open_record(at, object, &b))
		return false;
	const uint8_t *cie_field = b.at;
	uint32_t cie_offset = read_fixed(&b, 4);
	if (b.bad || cie_offset == 0 || !read_cie(cie_field - cie_offset, object, &cie))
		return false;
	uintptr_t start = (uintptr_t)b.at;
	start += (int32_t)read_fixed(&b, 4);
	uintptr_t end = start + (uint32_t)read_fixed(&b, 4);
	struct bytes data = b;
	skip(&b, read_uleb(&b));
	read_uleb(&data);
	/* With personality data an exception would be looked up in the tables of a
	 * function that is not really on the stack. */
	if (b.bad || (cie.lsda_size && read_fixed(&data, cie.lsda_size) != 0))
		return false;
	if (start < (uintptr_t)object->dlfo_map_start || end > (uintptr_t)object->dlfo_map_end ||
	    start >= end)
		return false;

	struct frame_program p = {
		.cie = &cie, .location = start, .end = end, .row = { .good = true }, .found = gadget
	};
	if (!run(&p, cie.instructions) || p.location != start)
		return false;
	if (run(&p, b))
		search_row(&p, end);
	return gadget->address != 0;
}

static bool search_unwind_table(const struct dl_find_object *object, struct gadget *gadget)
{
	const uint8_t *header = object->dlfo_eh_frame;
	if (!header || header[0] != 1 || header[2] != UDATA4 || header[3] != DATAREL_SDATA4)
		return false;
	struct bytes b = { header + 4, object->dlfo_map_end, false };
	skip(&b, encoded_size(header[1]));
	uint32_t count = read_fixed(&b, 4);
	for (uint32_t i = 0; i < count && i < FDES_MAX && !b.bad; i++) {
		skip(&b, 4);
		int32_t fde = read_fixed(&b, 4);
		if (!b.bad && search_fde(header + fde, object, gadget))
			return true;
	}
	return false;
}

/* Any ret in an executable segment: an unwinder will stop there. */
static bool search_code(const struct dl_find_object *object, struct gadget *gadget)
{
	const ElfW(Phdr) *headers;
	size_t count;
	if (!elf_headers(object->dlfo_map_start, &headers, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (headers[i].p_type != PT_LOAD || !(headers[i].p_flags & PF_X) ||
		    !(headers[i].p_flags & PF_R))
			continue;
		const uint8_t *code = (const uint8_t *)object->dlfo_link_map->l_addr +
				      headers[i].p_vaddr;
		const uint8_t *ret = memchr(code, RET, headers[i].p_filesz);
		if (ret) {
			*gadget = (struct gadget){ (uintptr_t)ret, 8 };
			return true;
		}
	}
	return false;
}

bool gadget_find(const struct dl_find_object *object, struct gadget *gadget)
{
	*gadget = (struct gadget){ 0, 0 };
	return search_unwind_table(object, gadget) || search_code(object, gadget);
}

bool gadget_find_near(const void *address, struct gadget *gadget)
{
	size_t rest = 4096 - (uintptr_t)address % 4096;
	const uint8_t *ret = memchr(address, RET, rest);
	*gadget = (struct gadget){ (uintptr_t)ret, 8 };
	return ret != NULL;
}

bool gadget_is_valid(const struct gadget *gadget)
{
	return *(const uint8_t *)gadget->address == RET;
}

/* With a shadow stack (CET SHSTK, glibc 2.39 and later) no return address but the
 * real one will do.  rdsspq leaves its operand alone where there is none, and on
 * processors that do not know it. */
bool gadget_usable(void)
{
	uint64_t shadow_stack = 0;
	__asm__ volatile("rdsspq %0" : "+r"(shadow_stack));
	return shadow_stack == 0;
}
