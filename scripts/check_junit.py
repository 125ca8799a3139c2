"""Checks a junit.xml: against a schema, and that its counts are those of its cases.

Usage: check_junit.py SCHEMA FILE
"""

import sys

from lxml import etree

schema, file = sys.argv[1:]
document = etree.parse(file)
etree.XMLSchema(etree.parse(schema)).assertValid(document)
for suite in document.getroot():
    for attribute, path in [("tests", "testcase"), ("failures", "*/failure"), ("errors", "*/error")]:
        counted = len(suite.findall(path))
        assert int(suite.get(attribute)) == counted, (suite.get("name"), attribute, counted)
