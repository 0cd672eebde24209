/* SPDX-License-Identifier: MIT */
/* Needs kind_versioned in its new version. */
int kind_versioned(void);
int uses_kinds(void);
int uses_kinds(void)
{
	return kind_versioned();
}
