/* SPDX-License-Identifier: MIT */
/* Size of the thunk pool, for C and assembly. */
#ifndef DLSCOPE_THUNK_POOL_LAYOUT_H
#define DLSCOPE_THUNK_POOL_LAYOUT_H

#define THUNKS	   4096 /* a power of two; `import torch` has about 150 modules, three functions each */
#define THUNK_SIZE 16

#endif
