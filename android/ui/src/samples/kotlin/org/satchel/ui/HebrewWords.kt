// Enough words in Hebrew to see the screens read from the right; what no picture shows is left in English.
package org.satchel.ui

import org.satchel.mail.MailboxRole
import org.satchel.mail.StorageProblem
import org.satchel.ui.text.English
import org.satchel.ui.text.Strings
import java.util.Locale

/** The words of the pictures that read from the right. */
object HebrewWords : Strings by English {
    override val locale: Locale = Locale.forLanguageTag("he")
    override val dayPattern = "d בMMM"
    override val dayOfYearPattern = "d בMMM yyyy"
    override val fullPattern = "EEEE, d בMMMM yyyy, HH:mm"

    override val today = "היום"
    override val yesterday = "אתמול"
    override val offline = "אין רשת. מוצג מה שנמצא במכשיר."
    override val undo = "ביטול"
    override val back = "חזרה"
    override val askAgain = "לנסות שוב"
    override val mailboxes = "תיבות דואר"
    override val noAccounts = "אין עדיין חשבון"
    override val noAccountsSentence = "דואר יופיע כאן לאחר הוספת חשבון."
    override val checkForMail = "בדיקת דואר"
    override val syncing = "בודק דואר…"
    override val fetchOlder = "הבאת הודעות ישנות יותר"
    override val fetchingOlder = "מביא הודעות ישנות יותר…"
    override val allDone = "הכול טופל"
    override val allDoneSentence = "אין דבר בתיבת הדואר הנכנס. דואר חדש יופיע כאן."
    override val noMessages = "אין הודעות"
    override val noMessagesSentence = "אין הודעות בתיבה הזאת."
    override val noneFetched = "אין הודעות במכשיר"
    override val noneFetchedSentence = "בשרת יש הודעות של התיבה הזאת שלא הובאו."
    override val noMessageChosen = "לא נפתחה הודעה"
    override val noMessageChosenSentence = "בחירה ברשימה תפתח אותה כאן."
    override val noSubject = "ללא נושא"
    override val archive = "ארכיון"
    override val delete = "מחיקה"
    override val from = "מאת"
    override val to = "אל"
    override val copy = "העתק"
    override val attachments = "קבצים מצורפים"
    override val openPgp = "ההודעה מוצפנת ב־OpenPGP ואי אפשר לקרוא אותה כאן."
    override val nothingNew = "אין חדש"
    override val takenBack = "הפעולה בוטלה"

    override fun updated(at: String) = "מעודכן, $at"

    override fun troubled(
        problem: String,
        since: String,
    ) = "$problem. נבדק לאחרונה: $since"

    override fun troubledFromTheStart(problem: String) = "$problem. טרם נבדק"

    override fun waitingOperations(count: Int) = "$count שינויים ממתינים לשרת"

    override fun failedOperations(count: Int) = "השרת סירב לשינוי אחד"

    override fun unread(count: Int) = "$count שלא נקראו"

    override fun selected(count: Int) = "$count נבחרו"

    override fun toPeople(
        names: String,
        others: Int,
    ) = if (others == 0) "אל $names" else "אל $names ועוד $others"

    override fun heldBack(count: Int) = "$count פריטים מרוחקים לא נטענו, כדי שאיש לא יידע שקראת."

    override fun archived(count: Int) = "ההודעה הועברה לארכיון"

    override fun deleted(count: Int) = "ההודעה נמחקה"

    override fun receivedOf(
        received: String,
        announced: String,
    ) = "$received מתוך $announced"

    override fun kilobytes(count: String) = "$count ק״ב"

    override fun megabytes(count: String) = "$count מ״ב"

    override fun bytes(count: Long) = "$count בתים"

    override fun outcome(kind: String) = if (kind == "authentication") "הכניסה נדחתה" else "השרת לא נמצא"

    override fun serverSaid(words: String) = "השרת אמר: $words"

    override fun problemTitle(problem: Problem) =
        when (problem) {
            is Problem.SignInRefused -> {
                "הכניסה נדחתה"
            }

            is Problem.NotReached -> {
                "השרת לא נמצא"
            }

            is Problem.Gone -> {
                "כבר לא כאן"
            }

            is Problem.NotHere -> {
                "לא במכשיר"
            }

            is Problem.Storage -> {
                if (problem.why == StorageProblem.NEWER_VERSION) "הדואר דורש אפליקציה חדשה יותר" else "האחסון נכשל"
            }

            else -> {
                English.problemTitle(problem)
            }
        }

    override fun role(role: MailboxRole) =
        when (role) {
            MailboxRole.INBOX -> "דואר נכנס"
            MailboxRole.DRAFTS -> "טיוטות"
            MailboxRole.SENT -> "נשלח"
            MailboxRole.ARCHIVE -> "ארכיון"
            MailboxRole.JUNK -> "זבל"
            MailboxRole.TRASH -> "אשפה"
            else -> English.role(role)
        }
}
