// Package services holds what the district is and does, one package per word of its language. Nothing here knows HTTP, pages or
// templates; server/ and frontend/ stand on it and are never imported by it.
//
// # Map
//
// Words of the district:
//
//	listing    the public page of one shop: its states, limits and register; who edits what, and what waits for the district
//	overview   how the district stands, in numbers, and how it stood each month
//	post       news, offers and events of a shop, street or plaza, which end by themselves
//	notice     what the district tells: approved, kept in versions, confirmed shop by shop
//	place      streets, plazas with floors, units, points; house numbers and door plates
//	walk       the street walk: what a coordinator finds from door to door, also without a network
//	assembly   the joint meeting of member organisations: seats, agenda, minutes, action items, the pact, pages of bodies
//	station    service stations, rooms that organisations take, and what shops and organisations open to people who pass by
//	resource   what organisations offer each other and seek, until both confirm that it was delivered
//	activity   what organisations do for the neighbourhood; places counted by organisation, no names
//	programme  what the joint organisation sets out to do in a year, and what came of it
//	neighbour  cases that residents and a shop settle with each other; neither side reads who the other is
//	heritage   the mark of an old shop from claim to review, and its history with sources
//	policy     cards of policies and services for shops: who qualifies, until when, where the authority says so
//	outdoor    what an authority allowed to stand in the street for a time
//	callout    which organisations help in an emergency, and how they are reached
//	care       the street-care board: shopfronts, signboards, cleanliness, bicycles
//	guidance   what the district suggests for a unit
//	vacancy    public cards of units on offer, which leave public view unless somebody confirms them
//	lead       enquiries about units on offer, step by step; visits to shops with what was promised there
//	turnover   figures of openings, moves and closings
//	taxonomy   what people look for (groups, categories) and how it is sold (formats); conveniences (tags)
//	hours      opening hours, and what follows from them: open or not, until when, night trade
//	calendar   holidays and make-up working days of the State Council
//	holiday    the arrangement of a year as the district enters it, and the question to shops before each holiday
//	vocabulary what the district changes of the taxonomy, the words often searched, editions of both
//	phone      telephone numbers: read, show, dial, compare
//	geo        positions in WGS-84, conversions at the edges, links to map services
//	lang       the languages, text in several of them, limits of text, readings of Chinese names
//	merchant   who runs which shops: people and roles, claims, disputes, transfers, codes, papers
//	creditcode unified social credit codes: read and checked as typed
//	access     who may do what: one table of actions, roles and scopes
//	audit      the trail: who changed what, before, after, why; chained so that nobody rewrites it unseen
//	account    people who sign in: passwords, codes, second factors, sessions
//	setting    what an administrator sets without a restart, in editions
//	retention  what was erased of each class of records, how much of it and when
//	consent    the ledger of who agreed to which words
//	privacy    what a person asks about the own data: to see it, correct it, erase it
//	secret     the master key, what is signed and sealed with it, tokens
//	integrity  whether what is stored is what was written: seals compared with documents and the trail
//	freeze     the switch that makes the site read-only
//	alarm      what somebody must look at soon
//	fault      the one vocabulary of errors
//
// What is done with them:
//
//	desk       the register as a table for those who keep it
//	twin       listings that may be one shop: found, told apart, merged, taken back
//	bulk       the same change to many shops: previewed, applied, taken back
//	recheck    owners are asked whether long unconfirmed pages are still right
//	countersign  what takes two people: proposed by one, confirmed by another
//	directory  what a visitor can ask, and the follower that feeds the search index
//	plan       the drawn street plan
//	report     what people say is wrong with a page, and the answer they get
//	insight    counts for the owner of a shop, without persons
//	apikey     keys of merchants' programs
//	webhook    signed messages to programs elsewhere when something changed
//	outlink    which sites notices may link to, and whether links of public pages still answer
//	outward    asks addresses that others chose, and nothing of the own network
//	job        what servers do by themselves: when it is due, who does it, how it went
//	idempotency  requests that can be sent again
//	ical       calendars as files
//	atom       feeds as files
//	sheet      the register as a table: CSV and XLSX, in and out
//	intake     imports in the background: dry run, journal, undo
//	extract    files of the register for others: exports, hand-over sheets, open data, the list of contacts
//	sample     the district a new installation starts with
//	demo       accounts of every role over it, for those who try the site
//	backup     whole copies of a site, and putting one back
//	rescue     starts what goes on beside, so that a panic there ends nothing else
//	turns      what many wait for and one does for all
//	lastknown  what was last read of a store, for when it is slow or away
//	disk       how much room a disk has
//
// Engines behind ports, each with an embedded default:
//
//	store      documents: SQLite or MongoDB
//	mail       messages to people: the console, SMTP, a gateway of short messages; how often and in which hours what can wait leaves
//	media      photos of shops and evidence: looked at, made small, kept in a folder or S3
//	search     search: an index in memory or Meilisearch
//
// A package imports the ones its words need and no others: fault imports none of the rest and lang only fault; place and listing know store,
// store knows no word of the district.
//
// # Glossary
//
// English term · 中文 · meaning · words to avoid.
//
//   - place · 地点 · a street or a plaza · location (that is the position)
//   - street · 路段 · a named street of the district; has two sides and house numbers · road, section
//   - side · 单双号侧 · the odd or the even side of a street; which compass side that is, is data · left, right
//   - news · 变动消息 · what neighbours hear of a shop's page: opened, closed, another address, other hours · change, event
//   - stretch · 小段 · a named piece of a street between two cross streets, by house numbers of each side · section, block
//   - stay · 入驻 · one listing's time in a unit; the unit keeps all of them · tenancy, lease
//   - turn · 变动 · a shop opened, moved, grew, shrank or closed, with day, reason and source · event
//   - street walk, stop, answer · 走街、一站、回答 · from door to door with a phone; what is to look at; what was found there · survey (that is the source), task
//   - house number · 门牌号 · number of a door on a street, also with 弄, ranges and 甲 · street number, door number
//   - door plate · 门牌 · the number plate as drawn on a page: street or plaza, number, 号 or floor · badge
//   - plaza · 商业广场 · a building of shops with floors and units · mall (in code), centre
//   - floor, level · 楼层 · floor of a plaza; level 1 is the ground floor, −1 the first basement, 0 means unknown · storey
//   - unit · 铺位 · a permanent piece of floor or street front, occupied by a listing or vacant · shop, slot, booth
//   - vacant · 空置 · a unit no listing is in · empty, free
//   - point · 便民服务点 · a stop, toilet, first-aid post or the like that people look for on the way · POI, facility
//   - listing · 商户条目 · the public page of one shop · shop record, entry, POI; "shop" is the thing itself
//   - shop code · 商户编码 · what imports match by and posters point to; never changes · id, number
//   - slug · 页面地址 · last part of a page's address; never changes · alias (that is an old name)
//   - alias · 别名 · old name, nickname or company name people search by · synonym (that is a term of a category)
//   - state · 状态 · draft 草稿, submitted 待核对, published 已发布, suspended 已下线, closed 已关闭, archived 已归档 · status (that is open or
//     not right now)
//   - closure · 迁出/停业 · why and since when a listing is closed for good: moved 已迁出 or ceased 已停业 · deletion
//   - edit, patch · 修改 · new values of some fields by somebody who may write them; live at once, or a proposal · update, change request
//   - proposal · 等核对的修改 · the sensitive change of a published page that waits while the page stays as it is · draft, pending version
//   - consent · 同意 · the leave of a person to show a mobile number, dated and for one number · opt-in
//   - watch · 留意 · changes that went live and that a coordinator looks at afterwards · moderation
//   - post · 消息 · what a shop tells until a day: news 消息, offer 优惠 or event 活动 · notice (that is the district's), advertisement
//   - pause · 暂停营业 · closed for some time, with a day of reopening if known; part of the hours · closure
//   - category · 类别 · what people look for: 药店, 面馆 · type, industry
//   - group · 大类 · top level of the categories: 吃饭喝茶 · parent category
//   - format · 业态 · how a shop sells, by the names of GB/T 18106-2021 · category
//   - tag · 便民标签 · a convenience people filter by: 轮椅能进, 收现金 · label, feature
//   - term · 同义词 · a word people search a category or tag by · keyword, alias
//   - goods · 商品与服务 · what one shop sells or mends, as people ask for it · products, tags
//   - mark · 标识 · something awarded, with evidence and a review date; the badge goes when the review is overdue · badge, medal, tag
//   - heritage · 老字号 · the mark of an old established shop: national, of Shanghai, or of the district · time-honoured brand (in code)
//   - plaque · 示范岗 · a sign of honour that hangs in a shop, shown with the leave of its owner; about the shop, never about a person · badge, mark
//   - policy card · 政策和服务 · what an authority offers to shops, with its deadline and official page; shown, never decided · subsidy, notice
//   - outdoor area, term · 外摆位、批文 · seats, a market or a stall in the street, and one decision of an authority about it with days and number; no licence · permit
//   - item, step · 街面事项、一步 · something along a street that was noted, and what was done about it; for the district and the shop alone · violation, ticket
//   - care round · 每月走一条街 · the walk of a month in one street with organisations · inspection
//   - guidance note · 对铺位的建议 · what the district suggests for a unit; adopted or declined with a reason · plan
//   - vacancy, card · 招商铺位 · a unit on offer, verified on a date, lapsing unless confirmed · ad
//   - lapsed · 没人核对，下架了 · of a card: nobody confirmed it for 30 days, so nobody sees it · expired
//   - enquiry · 意向 · somebody's interest in a vacancy, brought from step to step until it is matched or lost · lead (that is the package)
//   - visit, promise · 走访、答应的事 · a call on a shop by the business team, and what was said there that the shop can count on · inspection
//   - coverage · 很久没去的店 · which shops nobody visited for so many months
//   - look, hidden · 看一看、撤下 · a photo or post that is public and that a coordinator is to look at; one taken from the public, with a
//     reason its shop reads · moderation, approval
//   - photo · 照片 · a picture of a shop, in several widths, public; the first is the cover · image, media (that is the package)
//   - twin · 疑似重复 · two listings that may be one shop; decided by people · duplicate row
//   - merge · 合并 · one listing is given up for another of the same shop; its addresses lead there; taken back for 30 days · deletion
//   - countersign · 双人复核 · a deed that one person proposes and another confirms within seven days · approval (that is of proposals)
//   - batch · 批量改 · one change of many shops, previewed shop by shop, taken back for a day · import
//   - recheck · 请店主核对 · asking owners whether a page nobody confirmed for long is still right; in rounds · reminder
//   - evidence · 凭证 · a picture that proves something, sealed, seen only by who decides · attachment, document
//   - hours · 营业时间 · when a shop is open: weekly spans, day classes, special days, pause; or unknown · opening times, schedule
//   - span · 时段 · one stretch of opening on a day; may pass midnight · slot (that is a half hour of the search index)
//   - day class · 日类 · weekday, rest day, public holiday, make-up working day · day type
//   - special day · 特别日子 · hours of single dates, which never edit the week · exception, override
//   - unknown · 待核对 · nobody has said; shown as unknown, never as closed or "no" · empty, null
//   - arrangement · 放假安排 · the days off and the working days moved for them of one year, from a notice of the State Council · schedule
//   - round · 节假日问店家 · the question of one holiday to every shop; never an answer for one · campaign
//   - silent · 没答 · has said nothing for a holiday: 节假日时间待确认 · closed
//   - edition · 一版 · one state of the words of the district; never changes · version
//   - retired · 不再选用 · kept by who has it, offered to nobody · deleted
//   - missed · 搜了没找到 · searched by several people and not found · zero result
//   - status · 营业状态 · open, closing soon, shut, unknown, paused or gone at an instant; computed, never stored · state
//   - night trade · 夜间营业 · open late, computed from hours, never ticked · night market
//   - last departure · 末班 · the last bus or train of a line from a stop, with who says so and when it was looked up · schedule
//   - quiet hours · 安静时段 · when a street is to be quiet, and which office says so · closed hours
//   - confirmed · 核对 · when somebody last looked at the facts, and who · verified, certified
//   - source · 来源 · the list facts came from before anybody of the district confirmed them · origin
//   - datum · 坐标系 · WGS-84, GCJ-02 or BD-09; a pair of numbers without one is refused · projection, CRS
//   - location · 位置 · a position in WGS-84 with the datum it was given in · place, address
//   - register · 名录 · all listings and places of the district, drafts too · database
//   - directory · 找店 · the part of the register that visitors see and search · register
//   - business area · 商圈 · the area a source assigns a plaza to; also what the whole district calls itself · zone
//   - follower · 跟随者 · who must hear of a write, such as the search index · subscriber, listener
//   - fault · 差错 · a classified error with a message for people · exception
//   - report · 这条信息不对 · what somebody says is wrong with a shop's page: a reason, a number, an answer; changes nothing itself · complaint,
//     ticket
//   - voice · 反映的人 · one person behind a report, told apart by a keyed hash and forgotten after 30 days · user
//   - insight · 访问量 · how often a page was looked at, found, called from, and the way asked for · analytics, tracking
//   - key · 钥匙 · what a merchant's program acts with; shown once, for named actions and shops, for a year at most · token, password
//   - webhook · 消息推送 · an address that is told what changed, with a secret both sides know; its messages are deliveries · callback
//   - job · 定时任务 · something servers do by themselves, one of them each time; its record is its lease · cron, task
//   - embed · 放到别的网站 · a page that other sites may frame: one shop or a list · widget
//   - outlink · 外链 · an address of another site on a public page · URL, external link
//   - host · 网站 · a site notices may link to, with everything below it · domain, server
//   - merchant · 经营主体 · the organisation that runs listings; has members with accounts · vendor, tenant
//   - member · 成员 · an account with a role in a merchant: owner 店主, manager 店长, staff 店员 · user
//   - seat · 席位 · what a member may reach: the role, and the shops it is limited to · permission
//   - claim · 认领 · somebody asks for a listing, with evidence; decided with a reason · takeover
//   - dispute · 争议 · a claim on a shop that has an owner, who is told and has 72 hours; decided by two people · conflict
//   - grant · 开通码 · a code with which somebody becomes owner of a shop on the spot · voucher, token
//   - transfer · 转让 · an owner hands a shop to another merchant, which accepts it · handover (that is how it is carried out)
//   - paper · 证照 · a licence, certificate or lease with an end, noted by the merchant for itself · document (that is what the store keeps)
//   - account · 账号 · one person who signs in · user, login
//   - actor · 操作人 · who does something: a person, a key or the program; an argument of every use case · user, subject
//   - action, scope · 操作、范围 · what may be done, and to whose things; a line and a cell of the permission table · right, privilege
//   - second factor · 第二道验证 · an authenticator's code, a passkey or a recovery code, besides the password · 2FA (to people)
//   - fresh check · 再确认 · the person proved again who they are, at most ten minutes ago · sudo (to people), step-up
//   - trail, entry · 操作记录 · what was changed by whom, one entry for every revision; it only grows · log (that is for operators)
//   - proposal · 待核对的修改 · a sensitive change that waits while the public page stays as it is · draft, edit
//   - post · 消息与优惠 · news, offer or event of a shop with a first and a last day · ad, message
//   - event · 街上活动 · what the district tells of a street or plaza, let through by a second person; a post without a shop · activity (that is an organisation's)
//   - notice · 公告 · told to an audience for a time, perhaps to be confirmed; public in versions · news, message, post (that is a shop's)
//   - audience · 发给谁 · whom a notice is for: stretches of streets, plazas and floors, categories, single shops, areas, or everybody · target
//   - boundary · 商圈范围 · where the district ends, as its office draws it; unknown until then · business area
//   - stretch · 路段 · a part of a street: side, from one house number to another · segment
//   - benefit · 街坊实惠 · a post of a shop or an organisation that is for the residents of an area, until its day · welfare, coupon
//   - area · 居民区 · a neighbourhood by its name, and nothing else of it · community
//   - version · 版本 · what was published of a notice at one time; never changes · revision (that is the store's)
//   - approval · 审 · the leave of a second person for exactly one content · review (that is of listings)
//   - banner · 提示条 · a notice on the pages of the shops, streets and plazas it is for · alert
//   - emergency · 紧急公告 · a notice with a level and an instruction, on every page, at once and for 72 hours at most · alarm
//   - ledger · 回执名单 · the receipts of one notice: who has confirmed, whom to ring · log
//   - receipt · 回执 · the row of one shop in a ledger: opened, confirmed (who, when, which version, how), needs help · read mark
//   - import · 导入 · a table on its way into the register: read as a dry run, written, perhaps taken back · upload, migration
//   - journal · 导入日志 · what an import changes, from what to what, written before it is changed · log, backup
//   - extract · 导出 · the register, or part of it, as a file · report, backup
//   - hand-over sheet · 交给地图的表 · shops in the columns of a map service or review site · feed
//   - open data · 开放数据 · what everybody may have of the register, a copy a day · API (that is asked shop by shop)
//   - release · 联系人名单申请 · one request for the list of contacts, which a second person allows · export
//   - seal · 存底 · a copy of a document locked with a key outside the database, written with it; what is read · signature, checksum
//   - altered, lost · 被动过、丢了存底 · a document the database tells differently from its seal; one whose seal does not open · corrupt
//   - freeze · 暂时只能看 · nobody can write, everybody is signed out, public pages stay · lock, maintenance
//   - alarm · 警报 · something to look at soon; counted when it comes again · alert, incident
//   - call-out list, drill · 应急单位、演练 · organisations with duty phones, and what was practised with them; never persons · volunteer
//   - joint meeting · 联席会议 · meeting of member organisations: topics, agenda, minutes · committee
//   - organisation, desk · 成员单位、岗位 · who has a seat in the joint meeting, and the post one rings; never a person · member (that is an account in a merchant)
//   - speaker · 替单位办事的账号 · an account that acts for an organisation which is no merchant; kept as its id · representative
//   - duty · 照看 · which organisation looks after a plaza or street, and the desk to ring; coordinators read no more of it · contact
//   - decision, action item · 议定、行动项 · what a joint meeting resolved, and who does what by when, closed with evidence only · task
//   - pact · 公约 · what members sign, version by version · contract
//   - body · 组织 · a standing part of the joint organisation with a public page · committee
//   - gate · 等着公开的 · a draft, what waits for a second person, and what is public, apart from each other · workflow
//   - station · 服务站 · a place of the joint organisation for everybody: facilities, service items with steps, rooms · office
//   - room, booking · 场地、预约 · what an organisation takes for a stretch of a day; says how many come and never who · venue, order
//   - open point · 店家便民点 · what a shop opens to people who pass by, until it takes it back · facility
//   - resource, need · 资源、需求 · offered or sought by an organisation, for 90 days at a time; a post here · gift
//   - deal · 互助 · two organisations about one post: matched, agreed, delivered, confirmed by both, closed · order, match
//   - shared space · 共享场地 · a hall or parking that an organisation agreed to show to everybody, with its times · venue
//   - activity · 单位办的活动 · what an organisation does on one occasion: planned, under way, done, cancelled · event (that is a shop's post)
//   - places · 名额 · how many people an organisation comes with; a number, never a list of names · registration, attendee
//   - programme, item · 年度计划、项 · what a year is to bring by quarter; done only with a result and evidence · plan (that is the street plan)
//   - case, side, contact · 居商商量、两边、联系人 · a matter between residents and a shop; what is about one of them, sealed; who alone reads it · complaint, dispute
//   - review · 复核 · the look at a mark by its day: confirmed, conditional or withdrawn · audit
//   - history, entry · 来历 · the years of an old shop, each with a source · story
//   - setting, edition · 设置、一版 · what an administrator sets without a restart, and one state of it · config (that is the machine's)
//   - class · 到期清理的一类 · records with one rule of how long they stay · category
//   - purge · 到期清理 · the end of what was kept long enough, with a report · deletion
//   - ask · 个人信息申请 · to see, correct or erase the own data; has a number and a day by which it is answered · request, ticket
//   - ledger of consents · 同意记录 · who agreed to which words, and when it was taken back · opt-in
//   - visitor, consumer · 顾客、居民 · who looks something up, without an account · user
//   - coordinator · 商圈专员 · member of the district's business team, keeps the register · admin, operator
//   - auditor · 审计员 · reads the trail of what the others did, and does no other work of the district · inspector
//
// Words the district uses whose code is not here yet; they keep these names when it comes:
//
//   - request · 诉求 · what a merchant or visitor asks of the district · ticket (to people), complaint
//   - hazard · 隐患 · found, ordered, rectified, re-checked, closed; never without evidence of the re-check · issue
//   - liaison · 联络员 · works for the joint organisation of members; deals with organisations, never with persons · party secretary
package services
