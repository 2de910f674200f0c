"""Everything that can be wrong with a place on the map."""

from zhuanban.core.problem import Kind

# Points ---------------------------------------------------------------------------------------------------------------

POINT_UNREADABLE = Kind(
    "atlas-001",
    says="坐标“{text}”读不懂。",
    advice="请写成“112.53,32.99”（先经度，后纬度），或“东经112°31′48″ 北纬32°59′24″”。",
)
POINT_SWAPPED = Kind(
    "atlas-002",
    says="坐标“{text}”的经度和纬度写反了。",
    advice="应先写经度，后写纬度：{right}。",
)
POINT_OUTSIDE_CHINA = Kind(
    "atlas-003",
    says="坐标“{text}”不在国内。",
    advice="请核对数字是否漏写或多写。",
)
POINT_IN_METRES = Kind(
    "atlas-004",
    says="坐标“{text}”像是以米为单位的平面坐标。",
    advice="请换算成经纬度（度）再填。",
)
FRAME_UNKNOWN = Kind(
    "atlas-005",
    says="不认得坐标系“{text}”。",
    advice="可用的坐标系：WGS-84、CGCS2000（国家2000）、GCJ-02（高德、腾讯地图）。",
)
ANGLE_IMPOSSIBLE = Kind(
    "atlas-006",
    says="坐标“{text}”里的分或秒不小于60。",
    advice="请核对度、分、秒。",
)
ACCURACY_IMPOSSIBLE = Kind(
    "atlas-007",
    says="定位精度“{text}”不能用。",
    advice="请填写以米为单位的正数，或留空。",
)

# Outlines -------------------------------------------------------------------------------------------------------------

FILE_UNREADABLE = Kind(
    "atlas-020",
    says="边界文件不是完整的 GeoJSON：{why}。",
    advice="请从制图软件重新导出为 GeoJSON（FeatureCollection）。",
)
FILE_TOO_LARGE = Kind(
    "atlas-021",
    says="边界文件超过 {limit} MB。",
    advice="请按区分成几个文件，或把边界适当简化后再导入。",
)
CODE_MISSING = Kind(
    "atlas-022",
    says="第 {n} 个图形没有网格代码。",
    advice="请在属性里加“代码”一项。",
)
CODE_TWICE = Kind(
    "atlas-023",
    says="网格“{code}”在文件里出现了不止一次（第 {numbers} 个图形）。",
    advice="一个网格由几块组成时，请合并为一个多面（MultiPolygon）。",
)
CODE_UNKNOWN = Kind(
    "atlas-024",
    says="第 {n} 个图形的代码“{code}”不在网格名录里。",
    advice="请核对代码，或先把该网格加入名录。",
)
NOT_AN_AREA = Kind(
    "atlas-025",
    says="网格“{code}”（第 {n} 个图形）不是面。",
    advice="边界应是闭合的面（Polygon 或 MultiPolygon）。",
)
OUTLINE_BROKEN = Kind(
    "atlas-026",
    says="网格“{code}”（第 {n} 个图形）的边界有错：{why}。",
    advice="请在制图软件里修复图形后重新导出。",
)
OUTLINE_IN_METRES = Kind(
    "atlas-027",
    says="网格“{code}”（第 {n} 个图形）的坐标不是经纬度。",
    advice="请导出为 WGS-84 或 CGCS2000 经纬度坐标。",
)
OUTLINE_SWAPPED = Kind(
    "atlas-028",
    says="网格“{code}”（第 {n} 个图形）的经度和纬度写反了。",
    advice="GeoJSON 里每个点先经度、后纬度，请重新导出。",
)
OUTLINE_OUTSIDE_CHINA = Kind(
    "atlas-029",
    says="网格“{code}”（第 {n} 个图形）不在国内。",
    advice="请核对坐标系和坐标。",
)
VERSION_EXISTS = Kind(
    "atlas-030",
    says="网格“{code}”从 {day} 起已有另一条边界。",
    advice="请换一个启用日期；若原来导错了，请注明替换后再导入。",
)

# Layers of zones ------------------------------------------------------------------------------------------------------

LAYER_KIND = Kind(
    "atlas-040",
    says="这不是能读的图层文件。",
    advice="请用 GeoPackage（.gpkg）、Shapefile（.shp 或打成 zip）、GeoJSON 或 KML。",
)
LAYER_UNREADABLE = Kind(
    "atlas-041",
    says="图层文件读不出来：{why}。",
    advice="请核对路径，或从制图软件重新导出。",
)
SIDE_FILE_MISSING = Kind(
    "atlas-042",
    says="缺少与 Shapefile 同名的“{name}”。",
    advice="请把 .shp、.shx、.dbf（以及 .prj）放在同一文件夹，或打成一个 zip。",
)
FRAME_MISSING = Kind(
    "atlas-043",
    says="文件没有写明坐标系。",
    advice="请补上 .prj，或用 --frame 写明：WGS-84、CGCS2000 或 GCJ-02。",
)
FRAME_CONFLICT = Kind(
    "atlas-044",
    says="文件是“{crs}”的平面坐标，不可能是 {stated}。",
    advice="请去掉 --frame，或换一个文件。",
)
FRAMES_DIFFER = Kind(
    "atlas-045",
    says="文件里的几层坐标系不一：{names}。",
    advice="请用 --table 指明其中一层，或统一坐标系后导出。",
)
NO_SUCH_TABLE = Kind("atlas-046", says="文件里没有名为“{table}”的层。", advice="文件里有：{known}。")
LAYER_EMPTY = Kind("atlas-047", says="文件里没有图形。", advice="请核对导出的范围。")
TYPE_COLUMN_MISSING = Kind(
    "atlas-048",
    says="文件没有写分区类型的属性（{wanted}）。",
    advice="文件的属性有：{there}。请改属性名，或在行动包的 type_column 里补上。",
)
TYPE_UNKNOWN = Kind(
    "atlas-049",
    says="第 {n} 个图形的分区类型“{word}”不在图层“{layer}”的类型里。",
    advice="可用的类型：{known}。",
)
ZONE_NOT_AREA = Kind(
    "atlas-050",
    says="第 {n} 个图形{name}是{kind}，不是{wanted}。",
    advice="请在制图软件里改正，或从文件中删去。",
)
ZONE_BROKEN = Kind(
    "atlas-051",
    says="第 {n} 个图形{name}的边界有错：{why}。",
    advice="请在制图软件里修复图形后重新导出。",
)
ZONE_MENDED = Kind(
    "atlas-052",
    says="第 {n} 个图形{name}的边界有小错（{why}），已自动修补，面积变化不到百分之一。",
    advice="请核对该图形；原图形也已保存。",
)
ZONE_SWAPPED = Kind(
    "atlas-053",
    says="第 {n} 个图形{name}的经度和纬度写反了。",
    advice="每个点应先经度、后纬度，请重新导出。",
)
ZONE_IN_METRES = Kind(
    "atlas-054",
    says="第 {n} 个图形{name}的坐标不是经纬度，文件却写作“{crs}”。",
    advice="请核对坐标系后重新导出。",
)
ZONE_OUTSIDE_CHINA = Kind(
    "atlas-055",
    says="第 {n} 个图形{name}不在国内。",
    advice="请核对坐标系和坐标。",
)
NO_BUFFERS = Kind(
    "atlas-056",
    says="文件里是线，图层“{layer}”却没有写缓冲区。",
    advice="请在行动包的 layers.yaml 里写 buffers，或改用面状图形。",
)
LAYER_FUTURE = Kind("atlas-057", says="启用日期 {day} 还没有到。", advice="请到那一天再装载，或填写更早的日期。")
LAYER_UNKNOWN = Kind("atlas-058", says="行动包里没有图层“{layer}”。", advice="可用的图层：{known}。")
