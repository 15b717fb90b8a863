// The list of messages as pixels: bar or selection bar, rows under date headings, what fills an empty list.
package org.satchel.ui.messages

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.SideEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.flow.distinctUntilChanged
import org.satchel.mail.PlacementId
import org.satchel.ui.design.EmptyPage
import org.satchel.ui.design.Icons
import org.satchel.ui.design.NextStep
import org.satchel.ui.design.Page
import org.satchel.ui.design.ProblemPage
import org.satchel.ui.design.Pulled
import org.satchel.ui.design.SkeletonPage
import org.satchel.ui.design.SkeletonRow
import org.satchel.ui.text.DateText
import org.satchel.ui.text.LocalClock
import org.satchel.ui.text.LocalStrings

/** The messages of a mailbox. [opened] is the one that is open beside it, if there is room for two. */
@Composable
fun MessagesScreen(
    state: MessagesState,
    onEvent: (MessagesEvent) -> Unit,
    onBack: (() -> Unit)?,
    opened: PlacementId? = null,
) {
    Page(
        state.offline,
        state.notice,
        onUndo = { onEvent(MessagesEvent.PressedUndo(it)) },
        onNoticeSeen = { onEvent(MessagesEvent.NoticeSeen(it)) },
        bar = { if (state.selected.isEmpty()) MessagesBar(state, onEvent, onBack) else SelectionBar(state, onEvent) },
    ) {
        when (val content = state.content) {
            MessagesContent.Placeholder -> {
                SkeletonPage()
            }

            is MessagesContent.Empty -> {
                Pulled(state.notice, { onEvent(MessagesEvent.AskedForNews) }) {
                    Empty(content.reason, onEvent)
                }
            }

            is MessagesContent.Failed -> {
                ProblemPage(content.problem, { onEvent(MessagesEvent.AskedForNews) }, { onBack?.invoke() })
            }

            is MessagesContent.Rows -> {
                Pulled(state.notice, { onEvent(MessagesEvent.AskedForNews) }) {
                    Rows(state, content, opened, onEvent)
                }
            }
        }
    }
}

@Composable
private fun Empty(
    reason: EmptyReason,
    onEvent: (MessagesEvent) -> Unit,
) {
    val strings = LocalStrings.current
    when (reason) {
        EmptyReason.AllDone -> {
            EmptyPage(
                Icons.Check,
                strings.allDone,
                strings.allDoneSentence,
                next = NextStep(strings.checkForMail) { onEvent(MessagesEvent.AskedForNews) },
            )
        }

        EmptyReason.NoMessages -> {
            EmptyPage(
                Icons.Mailbox,
                strings.noMessages,
                strings.noMessagesSentence,
                next = NextStep(strings.checkForMail) { onEvent(MessagesEvent.AskedForNews) },
            )
        }

        EmptyReason.NoneFetched -> {
            EmptyPage(
                Icons.Download,
                strings.noneFetched,
                strings.noneFetchedSentence,
                next = NextStep(strings.fetchOlder) { onEvent(MessagesEvent.FetchedOlder) },
            )
        }
    }
}

@Composable
private fun Rows(
    state: MessagesState,
    rows: MessagesContent.Rows,
    opened: PlacementId?,
    onEvent: (MessagesEvent) -> Unit,
) {
    val strings = LocalStrings.current
    val clock = LocalClock.current
    val dates = remember(strings, clock) { DateText(strings, clock) }
    val list = rememberLazyListState()
    TellWhatIsSeen(list, onEvent)
    StayAtTheTop(list, rows.at(0)?.id)
    LazyColumn(Modifier.fillMaxSize(), list, contentPadding = PaddingValues(bottom = 88.dp)) {
        items(rows.total, { rows.at(it)?.id?.value ?: "absent-$it" }, { rows.at(it) != null }) { position ->
            val row = rows.at(position)
            if (row == null) {
                SkeletonRow(position)
            } else {
                Column {
                    heading(rows, position, dates)?.let { DateHeading(it) }
                    SwipedRow(
                        RowShown(row, row.id in state.selected, state.selected.isNotEmpty(), row.id == opened),
                        dates,
                        onEvent,
                    )
                }
            }
        }
        if (state.canFetchOlder) {
            item("older") { FetchOlder(state.fetchingOlder) { onEvent(MessagesEvent.FetchedOlder) } }
        }
    }
}

/** The heading over a row: where the day or month is another one than that of the row above. */
private fun heading(
    rows: MessagesContent.Rows,
    position: Int,
    dates: DateText,
): String? {
    val mine = rows.at(position)?.let { dates.heading(it.receivedAt) }
    val above = rows.at(position - 1)?.let { dates.heading(it.receivedAt) }
    // Where the row above is not here, nobody knows yet.
    return mine.takeIf { it != above && (position == 0 || above != null) }
}

@Composable
private fun TellWhatIsSeen(
    list: LazyListState,
    onEvent: (MessagesEvent) -> Unit,
) {
    val tell by rememberUpdatedState(onEvent)
    LaunchedEffect(list) {
        snapshotFlow { list.firstVisibleItemIndex to list.layoutInfo.visibleItemsInfo.size }
            .distinctUntilChanged()
            .collect { (first, count) -> tell(MessagesEvent.Scrolled(first, count)) }
    }
}

/** Rows stay where they are when others come, except for who looks at the newest: they wait for new mail. */
@Composable
private fun StayAtTheTop(
    list: LazyListState,
    newest: PlacementId?,
) {
    val before = remember { arrayOf(newest) }
    SideEffect {
        val atTop = list.firstVisibleItemIndex == 0 && list.firstVisibleItemScrollOffset == 0
        if (before[0] != newest && atTop) list.requestScrollToItem(0)
        before[0] = newest
    }
}
