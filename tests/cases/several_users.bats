# SPDX-License-Identifier: MIT
# bats file_tags=analyzer
# A trace of root's holds one trace for each user whose programs were there.

load ../lib/common

# What LTTng 2.13 leaves of a user whose only program was killed while it
# registered: metadata that describes no stream yet, and a stream file all the same.
make_streamless_trace() {
	mkdir -p "$1"
	"$PYTHON" - "$1" <<-'EOF'
		import struct, sys, uuid
		text = b"""/* CTF 1.8 */
		typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
		typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
		trace {
			major = 1;
			minor = 8;
			byte_order = le;
			packet.header := struct { uint32_t magic; uint32_t stream_id; };
		};
		"""
		size = 37 + len(text)
		header = struct.pack("<I16sIIIBBBBB", 0x75D11D57, uuid.uuid4().bytes, 0,
				     size * 8, 4096 * 8, 0, 0, 0, 1, 8)
		open(sys.argv[1] + "/metadata", "wb").write((header + text).ljust(4096, b"\0"))
		open(sys.argv[1] + "/channel_0", "wb").write(struct.pack("<II", 0xC1FC1FC1, 0).ljust(4096, b"\0"))
	EOF
}

@test "a user's trace without a stream is passed over, the others are read" {
	mkdir -p T/ust/uid
	cp -r "$TRACES/nested/trace" T/ust/uid/0
	make_streamless_trace T/ust/uid/1
	dlscope events T/ust/uid/0
	assert_status 0
	expected=$output
	dlscope events T
	assert_status 0
	[ "$output" = "$expected" ]
	[ -n "$output" ]
}
