"""Listings. Authorities: pages as Apache 2.4 and nginx write them (independent, typed from their formats)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.archive.listing import Entry, parse_listing

APACHE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of /pub/naif/JUNO/kernels/ck</title></head><body><h1>Index of /pub/naif/JUNO/kernels/ck</h1>
<pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>  <a href="?C=M;O=A">Last modified</a>
<hr><img src="/icons/back.gif" alt="[PARENTDIR]"> <a href="/pub/naif/JUNO/kernels/">Parent Directory</a>           -
<img src="/icons/text.gif" alt="[TXT]"> <a href="aareadme.txt">aareadme.txt</a>            2010-01-06 14:37  4.1K
<img src="/icons/unknown.gif" alt="[   ]"> <a href="juno_sc_rec_160626_160702_v01.bc">juno_sc_rec_160626_160..&gt;</a> \
2016-07-06 14:11   35M
<img src="/icons/folder.gif" alt="[DIR]"> <a href="former_versions/">former_versions/</a>   2019-01-01 00:00    -
<img src="/icons/unknown.gif" alt="[   ]"> <a href="small.ti">small.ti</a>   2019-01-01 00:00  687
<hr></pre></body></html>"""
APACHE_TABLE = """<table><tr><th><a href="?C=N;O=D">Name</a></th></tr>
<tr><td><a href="spk_rec_170106_170228_170307.bsp">spk_rec..</a></td><td align="right">2017-03-08 10:05  </td>
<td align="right">1.5M</td><td>&nbsp;</td></tr></table>"""
NGINX = """<html><body><pre><a href="../">../</a>
<a href="naif0012.tls">naif0012.tls</a>                      06-Jul-2016 14:11                5257
</pre></body></html>"""
PYTHON = '<ul><li><a href="naif0012.tls">naif0012.tls</a></li><li><a href="%2e%2e%2fevil.tls">x</a></li></ul>'


def test_apache() -> None:
    assert parse_listing(APACHE) == (
        Entry("aareadme.txt", (4146, 4251)),
        Entry("juno_sc_rec_160626_160702_v01.bc", (36174848, 37225472)),
        Entry("small.ti", (687, 687)),
    )


def test_tables_and_other_servers() -> None:
    assert parse_listing(APACHE_TABLE) == (Entry("spk_rec_170106_170228_170307.bsp", (1519411, 1626317)),)
    assert parse_listing(NGINX) == (Entry("naif0012.tls", (5257, 5257)),)
    assert parse_listing(PYTHON) == (Entry("naif0012.tls"),)


def apache_size(size: int) -> str:
    """How Apache prints a size: apr_strfsize of the Apache Portable Runtime, told again."""
    if size < 973:
        return f"{size} "
    for unit in "KMGT":
        size, rest = divmod(size, 1024)
        if size >= 973:
            continue
        if size < 9 or (size == 9 and rest < 973):
            tenths = (rest * 5 + 256) // 512
            return f"{size + tenths // 10}.{tenths % 10}{unit}"
        return f"{size + (rest >= 512)}{unit}"
    raise AssertionError(size)


@given(st.one_of(st.integers(0, 2000), st.integers(0, 10**10), st.integers(900, 1100).map(lambda n: n * 1024 - 1)))
def test_the_range_holds_the_size_and_little_else(size: int) -> None:
    (entry,) = parse_listing(f'<a href="a.bsp">a.bsp</a> 2024-01-01 00:00  {apache_size(size)}\n')
    assert entry.size_bytes is not None
    least, most = entry.size_bytes
    assert least <= size <= most
    assert most - least <= 0.12 * size
    assert entry.about_bytes == (least + most) // 2


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html>",
        "<a href=",
        '<a href="http://elsewhere/a.bsp">a.bsp</a>',
        '<a href="/etc/a.bsp">a.bsp</a>',
        '<a href="..">up</a><a>no</a>',
        '<a href="a b.bsp">a</a>',
        "\x00\xff",
    ],
)
def test_pages_without_files(page: str) -> None:
    assert parse_listing(page) == ()
