package access

// The actions, as the lines of table.txt. A test holds the two against each other.
const (
	PublicRead Action = "public.read"
	ReportSend Action = "report.send"

	AccountOpen   Action = "account.open" // sign in, register, reset
	AccountOwn    Action = "account.own"
	AccountFactor Action = "account.factor" // password, second factor, contact
	AccountList   Action = "account.list"
	AccountInvite Action = "account.invite"
	AccountRole   Action = "account.role"
	AccountEnd    Action = "account.end"    // end somebody's sessions, disable an account
	AccountExport Action = "account.export" // take the data of somebody who asks and cannot sign in

	MerchantCreate   Action = "merchant.create"
	MerchantRead     Action = "merchant.read"
	MerchantEdit     Action = "merchant.edit"
	MerchantPeople   Action = "merchant.people"
	MerchantRole     Action = "merchant.role" // give somebody a role: invite, change
	MerchantLeave    Action = "merchant.leave"
	MerchantPapers   Action = "merchant.papers" // licences and certificates with their end
	MerchantExport   Action = "merchant.export"
	MerchantTransfer Action = "merchant.transfer"
	MerchantEnd      Action = "merchant.end"    // propose that one closes whose people cannot do it
	MerchantDecide   Action = "merchant.decide" // disputes and transfers, and the second word on an end
	MerchantGrant    Action = "merchant.grant"  // access on the spot, by a code
	ClaimSend        Action = "claim.send"
	ClaimOwn         Action = "claim.own"
	ClaimDecide      Action = "claim.decide"
	ClaimAnswer      Action = "claim.answer"      // what the present owner says to a claim on the shop
	MerchantIdentity Action = "merchant.identity" // kind, credit code, registered name once they are known; which plaza it runs
	InvitationAccept Action = "invitation.accept"
	TransferAccept   Action = "transfer.accept"
	GrantRedeem      Action = "grant.redeem"

	PlazaOpen        Action = "plaza.open"   // every unit of a plaza
	ListingOpen      Action = "listing.open" // see it in the portal, drafts too
	ListingCreate    Action = "listing.create"
	ListingHours     Action = "listing.hours"
	ListingContact   Action = "listing.contact" // phones, website
	ListingTexts     Action = "listing.texts"
	ListingPhotos    Action = "listing.photos"
	ListingGoods     Action = "listing.goods" // goods, prices, conveniences, payments
	ListingOffers    Action = "listing.offers"
	EventEdit        Action = "event.edit" // of a street or plaza
	EventApprove     Action = "event.approve"
	ListingConfirm   Action = "listing.confirm"
	ListingSensitive Action = "listing.sensitive" // name, category, place, marks
	ListingSubmit    Action = "listing.submit"
	ListingHistory   Action = "listing.history"
	ListingRestore   Action = "listing.restore"
	ListingInsight   Action = "listing.insight"
	ListingPrint     Action = "listing.print"
	ListingPlaque    Action = "listing.plaque" // show a sign of honour, or not any more
	ListingPlaza     Action = "listing.plaza"  // let the plaza edit, or not

	RegisterEnter    Action = "register.enter"
	RegisterState    Action = "register.state"
	RegisterClose    Action = "register.close"
	RegisterImport   Action = "register.import"
	PlaceRead        Action = "place.read" // streets, plazas and units with what the public does not see
	PlaceEdit        Action = "place.edit"
	WalkDo           Action = "walk.do"   // go from door to door and say what is there
	TurnRead         Action = "turn.read" // openings, moves and closings
	TurnCorrect      Action = "turn.correct"
	RegisterExport   Action = "register.export"
	RegisterContacts Action = "register.contacts" // how the people of shops are reached, as a list
	ReviewRead       Action = "review.read"
	ReviewDecide     Action = "review.decide"

	CalendarEdit Action = "calendar.edit" // the holidays of a year
	CalendarAsk  Action = "calendar.ask"  // ask the shops what they do on a holiday, see who has answered
	WordsEdit    Action = "words.edit"    // words often searched, synonyms, what was searched and not found
	TaxonomyEdit Action = "taxonomy.edit" // groups, categories, formats, tags, reasons

	ReportRead    Action = "report.read"
	ReportAnswer  Action = "report.answer"
	ReportContact Action = "report.contact" // see how to ask the reporter back
	ReportTell    Action = "report.tell"    // the program's own: the owner of the shop is told
	ReportErase   Action = "report.erase"   // the program's own: what is personal has been kept long enough

	NoticeRead      Action = "notice.read"      // every notice, in any state
	NoticeWrite     Action = "notice.write"     // draft, edit, give to a second person, go back to an earlier version
	NoticeApprove   Action = "notice.approve"   // what somebody else wrote
	NoticePublish   Action = "notice.publish"   // what is approved, or needs no approval
	NoticeEmergency Action = "notice.emergency" // at once, without approval
	NoticeWithdraw  Action = "notice.withdraw"
	NoticeLedger    Action = "notice.ledger"  // who has confirmed, with telephone numbers
	NoticeCall      Action = "notice.call"    // note a call, or help given; have reminders sent
	NoticeConfirm   Action = "notice.confirm" // read what the own shop was sent, and confirm it
	NoticeHelp      Action = "notice.help"    // say that the own shop needs help
	NoticeRoll      Action = "notice.roll"    // the program's own: the ledger follows the shops

	AssemblyRead    Action = "assembly.read"
	AssemblyEdit    Action = "assembly.edit"    // members, meetings, action items, the pact, the pages of bodies
	AssemblyInvite  Action = "assembly.invite"  // ask somebody to act for an organisation
	AssemblyApprove Action = "assembly.approve" // what the public is to read, written by somebody else
	AssemblyMember  Action = "assembly.member"  // act for an organisation: propose, confirm, sign, show what was done
	AssemblyDuty    Action = "assembly.duty"    // read which desk looks after the building of a shop
	AssemblyConsent Action = "assembly.consent" // let the public read that the organisation is a member, or not any more

	ActivityRead Action = "activity.read"
	ActivityEdit Action = "activity.edit" // plan, change, cancel, say how it went; places by organisation, photos

	ProgrammeRead    Action = "programme.read"
	ProgrammeEdit    Action = "programme.edit"
	ProgrammeApprove Action = "programme.approve" // what the public is to read, written by somebody else

	NeighbourRead   Action = "neighbour.read"
	NeighbourEdit   Action = "neighbour.edit"   // cases between residents and shops; of the sides only the contact of the area reads
	NeighbourAnswer Action = "neighbour.answer" // the shop's side of a case about it
	NeighbourErase  Action = "neighbour.erase"  // the program's own

	HeritageClaim Action = "heritage.claim" // say that a shop bears the mark, with evidence
	HeritageCheck Action = "heritage.check" // look at the evidence, show, confirm, withdraw; the timeline
	PolicyEdit    Action = "policy.edit"    // cards of policies and services: enter, change, check, hide
	OutdoorEdit   Action = "outdoor.edit"   // what an authority allowed to stand in the street: enter, correct, renew, end
	CareEdit      Action = "care.edit"      // the street-care board: note, inform, look again, rounds, figures
	CareAnswer    Action = "care.answer"    // read what was noted of the own shop, and say that it is better
	GuidanceEdit  Action = "guidance.edit"  // notes of what the district suggests for a unit
	CalloutEdit   Action = "callout.edit"

	VacancyEdit    Action = "vacancy.edit"    // cards of units on offer: enter, change, bring on, send a link
	VacancyConfirm Action = "vacancy.confirm" // say that a card is still right
	LeadSend       Action = "lead.send"       // ask for a unit
	LeadEdit       Action = "lead.edit"       // read who asks, bring an enquiry on, forget it
	LeadErase      Action = "lead.erase"      // the program's own
	VisitEdit      Action = "visit.edit"      // write down visits and what was promised, say that it was kept
	VisitPromises  Action = "visit.promises"  // read what was promised to the own shop

	StationEdit   Action = "station.edit"
	RoomEdit      Action = "room.edit"
	RoomDecide    Action = "room.decide"    // answer bookings, note what came of them
	RoomBook      Action = "room.book"      // for the own organisation
	PointOpen     Action = "point.open"     // open something of the own shop to everybody, and take it back
	PointCheck    Action = "point.check"    // say that it was there
	ResourceRead  Action = "resource.read"  // what all organisations offer and seek
	ResourceMatch Action = "resource.match" // bring two organisations together, end and close it
	ResourceOwn   Action = "resource.own"   // offer, seek, agree and confirm for the own organisation
	ResourceLapse Action = "resource.lapse" // the program's own: what nobody renewed ends

	KeyList Action = "key.list"
	KeyMake Action = "key.make"
	KeyEnd  Action = "key.end"

	WebhookList     Action = "webhook.list"
	WebhookMake     Action = "webhook.make" // and replace its secret
	WebhookRun      Action = "webhook.run"  // try it, send something again, start it anew, end it
	WebhookDistrict Action = "webhook.district"
	WebhookAllow    Action = "webhook.allow" // let a merchant's webhook call its address
	WebhookSend     Action = "webhook.send"  // the program's own: what it notes about a webhook

	LinkRead  Action = "link.read"  // which hosts notices may link to, and which links are broken
	LinkHosts Action = "link.hosts" // choose those hosts

	OverviewRead Action = "overview.read" // how the district stands, in numbers

	JobRead Action = "job.read"
	JobRun  Action = "job.run"

	AuditRead   Action = "audit.read"
	AuditExport Action = "audit.export" // take part of the trail away as a file
	AuditPurge  Action = "audit.purge"  // the program's own: what has been kept long enough goes

	SettingRead   Action = "setting.read"
	SettingEdit   Action = "setting.edit"
	RetentionRead Action = "retention.read" // what was erased, how much of it, when
	ConsentRead   Action = "consent.read"   // who agreed to what, and who took it back

	PrivacyAsk    Action = "privacy.ask"    // ask to see, correct or erase the own data; read the answer
	PrivacyAnswer Action = "privacy.answer" // answer it
	PrivacyErase  Action = "privacy.erase"  // the program's own: what was answered long ago

	SiteFreeze   Action = "site.freeze"   // make the site read-only and sign everybody out
	SiteBackup   Action = "site.backup"   // the program's own, and from the command line
	SiteRestore  Action = "site.restore"  // put a backup back: from the command line alone
	SiteUnfreeze Action = "site.unfreeze" // from the command line alone: who stole an administrator's account must not undo it
	ContentSeal  Action = "content.seal"  // the program's own: documents from before there were seals get theirs
	AlarmRead    Action = "alarm.read"
	AlarmClose   Action = "alarm.close"
)

// The actions on the register as a whole, and what takes two people.
const (
	RegisterTable      Action = "register.table"      // every shop in every state, to look for and choose from
	RegisterMerge      Action = "register.merge"      // two pages of one shop become one; taken back
	RegisterBatch      Action = "register.batch"      // change many shops at once; taken back
	RegisterAsk        Action = "register.ask"        // ask owners whether their pages are still right
	CountersignRead    Action = "countersign.read"    // what waits for a second person
	CountersignPropose Action = "countersign.propose" // and the action itself
	CountersignDecide  Action = "countersign.decide"  // and the action itself
)
