// SPDX-License-Identifier: MIT
// A constructor that does what the main program tells it to: throw, longjmp, fork.
extern "C" void leaver_do(void) __attribute__((weak));

__attribute__((constructor)) static void leave(void)
{
	if (leaver_do)
		leaver_do();
}
