"""Commands of the office that keeps the machine: demo, serve, verify, tally, backup, restore, seal."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
from django.conf import settings
from django.db import connection

from zhuanban.cli.backup import read_backup, write_backup
from zhuanban.cli.base import JSON, TARGET, Exit, complain, guarded, out, with_database
from zhuanban.cli.duties import tick_all
from zhuanban.cli.state import alone
from zhuanban.cli.upgrade import faults
from zhuanban.core.problem import Kind, Place, Refused
from zhuanban.demo.play import load_demo, logins_of
from zhuanban.evidence.queries import verify_store
from zhuanban.ledger.models import Event, Record, Seal
from zhuanban.ledger.seals import seal_finished_days
from zhuanban.people.actions import log_access
from zhuanban.people.models import Campaign
from zhuanban.people.queries import campaign_named, setting
from zhuanban.people.scope import OPERATOR
from zhuanban.tally.actions import check as check_tallies
from zhuanban.tally.actions import rebuild as rebuild_tallies
from zhuanban.tally.audit import verify_campaign

PORT_TAKEN = Kind("cli-030", "端口 {port} 已被占用。", "请用 --port 另选一个端口。")
FILE_THERE = Kind("cli-014", "已有文件“{file}”，没有改动它。", "请另起文件名；确要替换，加 --force。")
FIRST_PORT = 8000
SEAL_EVERY = 60  # rounds of the clock
ROUND = 60  # seconds


@click.command()
@click.argument("pack", default="well-closure", metavar="[PACK]")
@click.option("--no-serve", is_flag=True, help="只装载，不启动服务。")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="端口；缺省从 8000 起找空闲的。")
@with_database
def demo(pack: str, no_serve: bool, port: int | None) -> None:
    """装载演示行动并启动服务。"""
    campaign = load_demo(pack, click.echo)
    click.echo(f"\n演示行动“{campaign.name}”已就绪（演示时钟）。账号：")
    for login in logins_of(campaign):
        click.echo(f"  {login['login']:<14} 口令 {login['password']:<10} {login['name']}（{login['post']}）")
    click.echo(f"\n数据：{settings.ZHUANBAN_HOME}")
    if connection.vendor == "postgresql":
        click.echo("数据库：PostgreSQL")
    else:
        click.echo("数据库：内置 SQLite。没有启用：PostgreSQL（没有设置 ZHUANBAN_DATABASE_URL）；一处办公用不着。")
    click.echo("没有启用：网页（本版只有接口和命令）；接口说明在 /api/openapi.json。")
    if not no_serve:
        _serve(port)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="端口；缺省从 8000 起找空闲的。")
@with_database
def serve(port: int | None) -> None:
    """启动服务。"""
    _serve(port)


def _serve(port: int | None) -> None:
    chosen, claim = _claim_port(port)
    # One writer at a time is all that SQLite has: one process, so that writers queue in it instead of at the file. The
    # threads are for those who wait for the disk: they share a transaction (`ledger.together`).
    workers = 2 if connection.vendor == "postgresql" else 1
    connection.close()
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port",
        str(chosen), "--workers", str(workers), "--blocking-threads", "8", "--no-ws", "--log-level", "error",
        # Its warnings (at most guesses at these settings) are in English.
        # A worker now and then waits for ever at its end; nothing is lost with it, every answer is a transaction.
        "--workers-kill-timeout", "5", "zhuanban.project.wsgi:application",
    ]  # fmt: skip
    # In a group of its own, so that Ctrl-C in a terminal reaches it through us alone: two signals at once can leave it
    # waiting for itself for ever.
    with claim, subprocess.Popen(command, process_group=0) as server:  # noqa: S603  (our own server)
        stopping = False

        def stop(_signal: int, _frame: object) -> None:
            nonlocal stopping
            if stopping:  # once more: it shall not take its time
                os.killpg(server.pid, signal.SIGKILL)
                return
            stopping = True
            server.terminate()  # it answers what it has begun, and goes

        for name in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(name) is not signal.SIG_IGN:  # a script's background job is started with SIGINT ignored
                signal.signal(name, stop)
        _wait_for(server, chosen)
        if not stopping:
            click.echo(f"\n地址：http://127.0.0.1:{chosen}/　（Ctrl+C 停止）")
            threading.Thread(target=_clock, daemon=True).start()
        code = server.wait()
        if stopping:
            click.echo("已停止。")
            return
    raise click.exceptions.Exit(1 if code else 0)


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    """Until the server answers, or has given up and said why."""
    while server.poll() is None and not _is_open(port):
        time.sleep(0.05)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _claim_port(wanted: int | None) -> tuple[int, socket.socket]:
    """A port that nobody listens on, and a claim on it that holds while the socket lives. Raises Exit.

    Without the claim two commands started together would take the same port: the server opens it shared, for its own
    processes, and the kernel would deal out each one's requests to both. A name in the abstract namespace is nobody's
    twice, and gone with its process.
    """
    for port in [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + 50):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0zhuanban-port-{port}")
        except OSError:
            claim.close()
            continue
        if not _is_open(port):
            return port, claim
        claim.close()
    raise Exit([PORT_TAKEN.at(port=wanted or FIRST_PORT)])


def _clock() -> None:
    """Seal finished days, now and every hour; remind, and send what is to go out, now and every minute.

    What keeps it from doing so is told, and tried again in the next round.
    """
    wait = threading.Event()
    for n in itertools.count():
        try:
            with faults():
                if n % SEAL_EVERY == 0:
                    for campaign in Campaign.objects.filter(demo_clock=False):
                        seal_finished_days(campaign)
                tick_all()
        except Refused as refused:
            complain(refused.problems)
        connection.close()
        wait.wait(ROUND)


@click.command()
@click.argument("campaign", required=False, metavar="[CAMPAIGN]")
@JSON
@with_database
def verify(campaign: str | None, as_json: bool) -> None:
    """核验：行动包、事件链、条目、封存、统计、附件。"""
    chosen = [campaign_named(campaign)] if campaign else list(Campaign.objects.order_by("name"))
    problems, counts = list(verify_store()), []
    for each in chosen:
        problems += verify_campaign(each)
        rows = {
            "campaign": each.name,
            "records": Record.objects.filter(campaign=each).count(),
            "events": Event.objects.filter(campaign=each).count(),
            "seals": Seal.objects.filter(campaign=each).count(),
        }
        counts.append(rows)
    if as_json:
        out({"checked": counts, "problems": [p.as_json() for p in problems]})
    else:
        for rows in counts:
            click.echo(f"{rows['campaign']}：条目 {rows['records']}，事件 {rows['events']}，封存 {rows['seals']}")
        complain(problems)
        if not problems:
            click.echo("核验无误。")
    if problems:
        raise click.exceptions.Exit(1)


@click.group()
def tally() -> None:
    """统计：核对、重算。"""


@tally.command()
@JSON
@with_database
def check(as_json: bool) -> None:
    """由事件重算，与现有统计比对。"""
    problems = [p for c in Campaign.objects.order_by("name") for p in check_tallies(setting(c))]
    if problems:
        raise Exit(problems)
    if as_json:
        out({"problems": []})
    else:
        click.echo("统计与事件一致。")


@tally.command()
@with_database
def rebuild() -> None:
    """由事件重新统计。"""
    for campaign in Campaign.objects.order_by("name"):
        click.echo(f"{campaign.name}：{rebuild_tallies(setting(campaign))} 行")


@click.command()
@click.argument("file", type=TARGET, metavar="FILE")
@click.option("--force", is_flag=True, help="替换已有的同名文件。")
@with_database
def backup(file: Path, force: bool) -> None:
    """备份：数据和附件，一个文件。"""
    if file.exists() and not force:
        raise Refused(FILE_THERE.at(Place(file=str(file)), file=file.name))
    log_access(None, OPERATOR, "backup", {"file": file.name})
    rows = write_backup(file)
    click.echo(f"已备份 {rows} 行到 {file}。")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@guarded
def restore(file: Path) -> None:
    """恢复：把备份装进空的数据文件夹。"""
    with alone():
        rows = read_backup(file)
    log_access(None, OPERATOR, "restore", {"file": file.name})
    click.echo(f"已恢复 {rows} 行。")
    problems = list(verify_store())
    for campaign in Campaign.objects.order_by("name"):
        problems += verify_campaign(campaign)
    if problems:
        raise Exit(problems)
    click.echo("核验无误。")


@click.command()
@with_database
def seal() -> None:
    """封存已结束的日子。"""
    for campaign in Campaign.objects.order_by("name"):
        made = seal_finished_days(campaign)
        click.echo(f"{campaign.name}：{'新封存 ' + str(made.count) + ' 个事件' if made else '没有要封存的'}")


COMMANDS = [demo, serve, verify, tally, backup, restore, seal]
