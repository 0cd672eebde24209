# SPDX-License-Identifier: MIT
# C++: the function's type was changed in the library that has it.
kind=undefined-symbol
headline='libuser.so cannot be loaded: nothing defines the symbol shape::area(char const*, long), which it needs'
evidence='* a near name: shape::area(char const?, int) in */libshape.so*'
prepare() {
	command -v c++ >/dev/null || skip "c++ is not installed"
	echo 'namespace shape { int area(const char *, int) { return 0; } }' >shape.cc
	echo 'namespace shape { int area(const char *, long); } int (*used)(const char *, long) = shape::area;' >user.cc
	c++ -shared -fPIC -o libshape.so shape.cc
	c++ -shared -fPIC -o libuser.so user.cc
}
command=(try_load ./libshape.so ./libuser.so)
