/* SPDX-License-Identifier: MIT */
/* An earlier release of the library: it lacks the version that its users need. */
int kind_versioned(void);
int kind_versioned(void)
{
	return 1;
}
