// Words for problems and notices: title, sentence, one action.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui.text

import org.satchel.ui.NoticeText
import org.satchel.ui.Problem

/** The one thing to do about a problem. */
enum class ProblemAction {
    /** Ask for the same once more. */
    AskAgain,

    /** Leave the page. */
    GoBack,
}

/** A problem in words. [serverWords] are the server's own, for the person only. */
data class ProblemWords(
    val title: String,
    val sentence: String,
    val serverWords: String?,
    val action: ProblemAction,
    val actionLabel: String,
)

/** [problem] in words of [strings]; the sentence is the core's. */
fun problemText(
    problem: Problem,
    strings: Strings,
): ProblemWords {
    val said =
        when (problem) {
            is Problem.SignInRefused -> problem.serverText.forPerson
            is Problem.Refused -> problem.serverText.forPerson
            else -> ""
        }
    val action =
        when (problem) {
            is Problem.Gone, is Problem.NotPossible -> ProblemAction.GoBack
            else -> ProblemAction.AskAgain
        }
    return ProblemWords(
        title = strings.problemTitle(problem),
        sentence = sentence(problem.sentence),
        serverWords = said.takeIf { it.isNotBlank() }?.let(strings::serverSaid),
        action = action,
        actionLabel = if (action == ProblemAction.GoBack) strings.back else strings.askAgain,
    )
}

/** A notice in words of [strings]. */
fun noticeText(
    text: NoticeText,
    strings: Strings,
): String =
    when (text) {
        is NoticeText.Archived -> strings.archived(text.count)
        is NoticeText.Deleted -> strings.deleted(text.count)
        is NoticeText.Junked -> strings.junked(text.count)
        is NoticeText.MarkedSeen -> strings.markedSeen(text.count)
        is NoticeText.CameIn -> strings.cameIn(text.count)
        NoticeText.NothingNew -> strings.nothingNew
        NoticeText.TakenBack -> strings.takenBack
        is NoticeText.NotAsked -> notAsked(text, strings)
        is NoticeText.Failed -> sentence(text.problem.sentence)
    }

private fun notAsked(
    text: NoticeText.NotAsked,
    strings: Strings,
): String {
    val why = text.addresses.joinToString().let { if (it.isEmpty()) "" else "$it: " } + sentence(text.problem.sentence)
    return if (text.came == 0) why else "${strings.cameIn(text.came)}. $why"
}

/** The core's sentences begin small and end without a stop, as they stand in logs. */
private fun sentence(core: String): String {
    val begun = core.replaceFirstChar(Char::uppercase)
    return if (begun.lastOrNull()?.isLetterOrDigit() == true) "$begun." else begun
}
