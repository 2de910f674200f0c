"""Everything that can be wrong with evidence."""

from zhuanban.core.problem import Kind

ALLOWED = (
    "可以上传：照片（JPEG、PNG、WebP、HEIC）、视频（MP4、MOV、3GP）、PDF、"
    "Word（docx）、Excel（xlsx）、纯文本（txt、csv）。"
)

# Refused files --------------------------------------------------------------------------------------------------------

EMPTY = Kind("evidence-001", says="文件“{name}”是空的。", advice="请重新选择文件后上传。")
TOO_LARGE = Kind(
    "evidence-002",
    says="文件“{name}”超过{what}的上限 {limit} MB。",
    advice="请压缩或分成几个文件后再上传。",
)
UNKNOWN_TYPE = Kind("evidence-003", says="文件“{name}”的内容不是可收的类型。", advice="{allowed}")
MARKUP = Kind(
    "evidence-004",
    says="文件“{name}”是网页或矢量图（HTML、SVG、XML），里面可能带有程序，不收。",
    advice="请另存为 PDF 或图片后上传。",
)
PROGRAM = Kind("evidence-005", says="文件“{name}”是程序或脚本，不收。", advice="{allowed}")
ARCHIVE = Kind("evidence-006", says="文件“{name}”是压缩包，不收。", advice="请解压后逐个上传里面的文件。")
OLD_OFFICE = Kind(
    "evidence-007",
    says="文件“{name}”是旧版 Office 文件，或加了密码。",
    advice="请去掉密码，另存为 docx、xlsx 或 PDF 后上传。",
)
MACROS = Kind("evidence-008", says="文件“{name}”带有宏（程序），不收。", advice="请另存为不带宏的 docx 或 xlsx。")
BROKEN = Kind(
    "evidence-009",
    says="{what}“{name}”不完整或已损坏，打不开。",
    advice="请重新拍摄、导出或传输后再上传。",
)
TOO_MANY_PIXELS = Kind(
    "evidence-010",
    says="图片“{name}”有 {size} 像素，超过上限 {limit} 万像素。",
    advice="请用普通拍照模式，或缩小后再上传。",
)
SWELLS = Kind(
    "evidence-011",
    says="文件“{name}”解开后过大，像是压缩炸弹。",
    advice="请从原软件重新保存后上传；如是他人发来的，请勿打开。",
)
WRONG_USE = Kind("evidence-012", says="文件“{name}”是{what}，这里要的是{wanted}。", advice="请改传{wanted}。")

# The store ------------------------------------------------------------------------------------------------------------

DISK_FULL = Kind(
    "evidence-020",
    says="存放证据的磁盘已满，文件没有保存。",
    advice="请清理磁盘或换更大的磁盘，然后重新上传；已保存的文件不受影响。",
)
NOT_WRITABLE = Kind(
    "evidence-021",
    says="存放证据的文件夹不能写入（{why}），文件没有保存。",
    advice="请检查该文件夹的权限和磁盘状态，然后重新上传；已保存的文件不受影响。",
)
NOT_FOUND = Kind("evidence-022", says="没有这份证据。", advice="请核对链接，或确认是否有权查看。")
NO_THUMBNAIL = Kind("evidence-023", says="{what}没有缩略图。", advice="请直接打开原件。")
NOT_READABLE = Kind(
    "evidence-024",
    says="证据文件 {sha256} 读不出来（{why}）。",
    advice="请检查磁盘，必要时从备份恢复。",
)

# Found by verify ------------------------------------------------------------------------------------------------------

MISSING = Kind("evidence-030", says="证据文件 {sha256} 不见了。", advice="请从备份恢复该文件。")
ALTERED = Kind(
    "evidence-031",
    says="证据文件 {sha256} 的内容被改动过，与登记的不符。",
    advice="请查明原因，并从备份恢复该文件。",
)
STRANGER = Kind(
    "evidence-032",
    says="证据库里有一个不属于它的文件：{path}。",
    advice="请查明来源后移走；证据只能经系统上传。",
)
