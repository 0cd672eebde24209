/* SPDX-License-Identifier: MIT */
/* Size of the thunk pool, for C and assembly. */
#ifndef DLSCOPE_INIT_THUNKS_LAYOUT_H
#define DLSCOPE_INIT_THUNKS_LAYOUT_H

#define INIT_THUNKS 2048 /* a power of two; `import torch` has about 150 */
#define INIT_THUNK_SIZE 16

#endif
