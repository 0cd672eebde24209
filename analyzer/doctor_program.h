/* SPDX-License-Identifier: MIT */
/*
 * doctor: the parts of looking at a program.
 */
#ifndef DLSCOPE_DOCTOR_PROGRAM_H
#define DLSCOPE_DOCTOR_PROGRAM_H

#include "doctor.h"
#include "elf_facts.h"

/* Fills doctor->files with what running CMD executes: CMD, the interpreters of
 * scripts, what env(1) starts.  Each is the path that is given to execve(). */
struct error *doctor_chain(struct doctor *doctor);

/* One ELF file of the chain. */
void doctor_privileges(struct doctor *doctor, const char *path);
void doctor_profiles(struct doctor *doctor, const char *path);
/* It, and what the loader maps with it. */
void doctor_objects(struct doctor *doctor, const char *path, const struct elf_facts *facts);

#endif
