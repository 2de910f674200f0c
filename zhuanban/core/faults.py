"""What disks and databases refuse, in the reader's language: one clear problem instead of a trace.

Knows no database library: SQLite's errors carry `sqlite_errorname`, those of PostgreSQL's driver `sqlstate`.
"""

from __future__ import annotations

import errno
import os

from zhuanban.core.problem import Kind, Place, Problem

DISK_FULL = Kind(
    "core-001", "磁盘已满，这一步没有办成。", "请清理磁盘或换更大的磁盘，然后重做；已登记的内容没有受影响。"
)
NOT_USABLE = Kind(
    "core-002", "文件或文件夹不能使用：{why}。", "请核对路径、权限和磁盘状态，然后重做；已登记的内容没有受影响。"
)
DISK_FAILS = Kind(
    "core-003",
    "磁盘读写出错，这一步没有办成：磁盘可能已满，也可能有故障。",
    "请检查剩余空间和磁盘状态，然后重做；已登记的内容没有受影响。",
)
READ_ONLY = Kind(
    "core-004", "数据库打不开，或只能读不能写。", "请检查数据文件夹和其中文件的权限，然后重做；已登记的内容没有受影响。"
)
BUSY = Kind("core-005", "数据库正被别的程序占用。", "请等它办完，或停掉它，然后重做；已登记的内容没有受影响。")
DAMAGED = Kind("core-006", "数据库文件已损坏，或不是本程序的数据库。", "请保留这个文件备查，用最近的备份恢复。")
SERVER_GONE = Kind(
    "core-007",
    "数据库服务连不上，或中途断开了。",
    "请检查数据库服务和地址 ZHUANBAN_DATABASE_URL，然后重做；已登记的内容没有受影响。",
)
DATABASE_FAULT = Kind("core-008", "数据库没有办成这一步：{why}。", "请把这句话告诉管理员；已登记的内容没有受影响。")

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WORDS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "找不到这个文件或文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.EEXIST: "已有同名的文件",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "名称太长",
    errno.EMFILE: "打开的文件太多",
}
_SQLITE = {
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_IOERR": DISK_FAILS,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CANTOPEN": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
}
# Classes of SQLSTATE, or whole ones. The driver gives none where the connection itself is gone.
_POSTGRESQL = {
    "08": SERVER_GONE,
    "28": SERVER_GONE,
    "3D": SERVER_GONE,
    "57P": SERVER_GONE,
    "53100": DISK_FULL,
    "53300": BUSY,
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "58030": DISK_FAILS,
    "XX001": DAMAGED,
}


def reason(why: OSError) -> str:
    """What the system says, in Chinese where it is one of the usual things."""
    return _WORDS.get(why.errno or 0) or why.strerror or type(why).__name__


def file_fault(why: OSError) -> Problem:
    """The problem of a file or folder that cannot be used."""
    if why.errno in FULL:
        return DISK_FULL.at()
    name = os.fsdecode(why.filename) if isinstance(why.filename, str | bytes) else ""
    return NOT_USABLE.at(Place(file=name), why=reason(why))


def database_fault(why: BaseException) -> Problem:
    """The problem of a database, told by the error that its driver raised (`why`, or what caused it)."""
    cause: BaseException | None = why
    while cause is not None:
        sqlite = getattr(cause, "sqlite_errorname", None)
        if isinstance(sqlite, str):
            for name, kind in _SQLITE.items():
                if sqlite.startswith(name):
                    return kind.at()
        if hasattr(cause, "sqlstate"):
            state = cause.sqlstate
            if state is None and type(cause).__name__ == "OperationalError":
                return SERVER_GONE.at()
            for start, kind in _POSTGRESQL.items():
                if state and state.startswith(start):
                    return kind.at()
        cause = cause.__cause__
    return DATABASE_FAULT.at(why=(str(why).splitlines() or [type(why).__name__])[0])
