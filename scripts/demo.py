# SPDX-License-Identifier: MIT
"""The program that `make demo` records: it needs a dozen native modules, and one
library that is not there."""

import bz2
import ctypes
import datetime
import decimal
import hashlib
import json
import lzma
import multiprocessing
import sqlite3
import ssl
import uuid
import xml.etree.ElementTree

import numpy


def fastest_matrix_library():
    """Asks for a library that few have, and goes on without: a probe."""
    try:
        return ctypes.CDLL("libmatrix-accelerator.so.3")
    except OSError:
        return None


def main():
    ctypes.CDLL("libm.so.6").cos
    fastest_matrix_library()
    database = sqlite3.connect(":memory:")
    rows = database.execute("select 1 + 1").fetchall()
    product = numpy.linalg.inv(numpy.eye(3))
    digest = hashlib.sha256(lzma.compress(bz2.compress(b"demo"))).hexdigest()
    document = xml.etree.ElementTree.fromstring("<demo/>")
    assert rows == [(2,)] and product.trace() == 3 and document.tag == "demo"
    json.dumps([digest, str(decimal.Decimal(1) / 3), str(uuid.uuid4()), ssl.OPENSSL_VERSION,
                str(datetime.date.today()), multiprocessing.cpu_count()])


main()
