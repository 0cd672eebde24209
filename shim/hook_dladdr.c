/* SPDX-License-Identifier: MIT */
/*
 * dladdr and dladdr1, asked about a function that we stand before.
 *
 * Programs ask it for the object that a function is in: to find the files beside it,
 * or the C library's own.  The answer is that of the function behind our entry point
 * or thunk, not libdlscope.so.  Always on: the entry points are there without a
 * session as well.
 */
#include "hooks.h"
#include "real.h"
#include "thunk_pool.h"

/* The function of the program that `address` is handed out for. */
static const void *function_behind(const void *address)
{
	const struct thunk *thunk = thunk_at(address);
	if (thunk && thunk_address(thunk) == address)
		return THUNK_GET(thunk->function);
	const void *real = dlscope_real_behind(address);
	return real ? real : address;
}

/* A program that asks for a symbol at just this address must find that it is one. */
static void keep_symbol_address(Dl_info *info, const void *function, const void *address)
{
	if (info->dli_saddr == function)
		info->dli_saddr = (void *)address;
}

int traced_dladdr(const void *address, Dl_info *info)
{
	const void *function = function_behind(address);
	int found = dlscope_real_dladdr(function, info);
	if (found)
		keep_symbol_address(info, function, address);
	return found;
}

int traced_dladdr1(const void *address, Dl_info *info, void **extra, int flags)
{
	const void *function = function_behind(address);
	int found = dlscope_real_dladdr1(function, info, extra, flags);
	if (found)
		keep_symbol_address(info, function, address);
	return found;
}
