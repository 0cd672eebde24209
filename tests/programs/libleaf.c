/* SPDX-License-Identifier: MIT */
/* An object that nothing else needs; lies in a directory of its own, so that it is
 * found by RUNPATH only. */
int leaf_value(void);
int leaf_value(void)
{
	return 42;
}
