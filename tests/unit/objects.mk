# SPDX-License-Identifier: MIT
# Objects of the shim that a unit test is linked with: <test>_objs.
test_open_calls_objs := $(OBJ)/shim/open_calls.o
test_gadget_objs := $(filter %/gadget_$(ARCH).o %/elf_image.o,$(SHIM_OBJS))
