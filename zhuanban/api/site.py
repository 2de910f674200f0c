"""The API as a whole: one router file per room."""

from __future__ import annotations

from ninja import NinjaAPI

from zhuanban import __version__
from zhuanban.api import (
    auth_routes,
    campaign_routes,
    duty_routes,
    evidence_routes,
    form_routes,
    inbox_routes,
    record_routes,
    score_routes,
    table_routes,
)
from zhuanban.api.answers import JsonParser, Renderer, answer_errors
from zhuanban.api.auth import AUTH

ABOUT = """专班的接口。登记、流转、更正都是“变更”，经 `POST /campaigns/{name}/changes` 一处进入；其余都是查询。

- 登录：程序用 `Authorization: Bearer 令牌`；浏览器用会话 Cookie，写请求另带 `X-CSRFToken`。
- 范围：只能看到本人岗位管辖的条目。不存在的和不在范围内的，回答完全一样（404）。
- 个人信息一律隐去；指定岗位可逐项展开，每次留痕。
- 出错时回答 `{"problems": [...]}`，一次列全，每个问题有代码、错在哪里、怎么办。
- 日期写 `2023-12-08`，时刻为北京时间 ISO 8601。"""

# No page of the interface's own manual: it would fetch its program from elsewhere.
api = NinjaAPI(
    title="专班接口",
    version=__version__,
    description=ABOUT,
    urls_namespace="api",
    docs_url=None,
    auth=AUTH,
    renderer=Renderer(),
    parser=JsonParser(),
)
answer_errors(api)
# Evidence before records: the address of a record takes all that follows, since a number may hold a stroke.
for room in (
    auth_routes,
    campaign_routes,
    duty_routes,
    evidence_routes,
    record_routes,
    table_routes,
    score_routes,
    form_routes,
    inbox_routes,
):
    api.add_router("", room.router)
