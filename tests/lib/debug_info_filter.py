#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Names addresses with babeltrace2's own filter, lttng-utils.debug-info: what it says is
an independent word on what dlscope says of the same addresses.

The filter names the "ip" in the context of events, from where LTTng's state dump says
that objects are.  Such a trace is written here, with one event for each address.

It is asked for what the two have in common: the function that is no inlined one, and
the line in it.  Of lines it only knows where they begin (2.0.4, bin-info.c) and, in
inlined functions, the call; without DWARF it takes the nearest symbol of the first
table.
"""

import pathlib
import re
import struct
import subprocess
import tempfile

METADATA = """/* CTF 1.8 */
typealias integer { size = 8; align = 8; } := u8;
typealias integer { size = 32; align = 8; signed = true; } := i32;
typealias integer { size = 64; align = 8; base = hex; } := u64;
trace { major = 1; minor = 8; byte_order = le; };
stream { event.header := struct { u8 id; }; event.context := struct { i32 _vpid; u64 _ip; }; };
event { name = "lttng_ust_statedump:bin_info"; id = 0; fields := struct {
	u64 _baddr; u64 _memsz; string _path; u8 _is_pic; u8 _has_build_id; u8 _has_debug_link; }; };
event { name = "lttng_ust_statedump:build_id"; id = 1; fields := struct {
	u64 _baddr; u64 __build_id_length; u8 _build_id[__build_id_length]; }; };
event { name = "asked"; id = 2; fields := struct { }; };
"""
VPID = 1


def event(number, address=0, payload=b""):
    return struct.pack("<BiQ", number, VPID, address) + payload


def object_events(base, size, path, build_id, is_pic):
    path = str(path).encode(errors="surrogateescape") + b"\0"
    identity = bytes.fromhex(build_id)
    yield event(0, 0, struct.pack("<QQ", base, size) + path + bytes([is_pic, bool(identity), 0]))
    if identity:
        yield event(1, 0, struct.pack("<QQ", base, len(identity)) + identity)


def is_position_independent(path):
    with open(path, "rb") as file:
        return struct.unpack("<16xH", file.read(18))[0] == 3  # ET_DYN


def parse(line):
    """(function, file, line) of one printed event; None for what the filter does not know."""
    found = {key: value for key, value in re.findall(r'(func|src) = "([^"]*)"', line)}
    function = found.get("func", "").rpartition("+")[0] or None
    file, _, number = found.get("src", "").rpartition(":")
    return (function, file or None, int(number) if number else None)


def names(objects, addresses):
    """objects: (base, size, path, build-id); of each address what parse() returns."""
    with tempfile.TemporaryDirectory() as trace:
        stream = b"".join(one for base, size, path, build_id in objects
                          for one in object_events(base, size, path, build_id, is_position_independent(path)))
        stream += b"".join(event(2, address) for address in addresses)
        (pathlib.Path(trace) / "metadata").write_text(METADATA)
        (pathlib.Path(trace) / "stream").write_bytes(stream)
        text = subprocess.run(["babeltrace2", "convert", "--debug-info", "--debug-info-full-path", trace],
                              check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines() if "asked" in line]
    assert len(lines) == len(addresses), text[:2000]
    return [parse(line) for line in lines]
