// Grey shapes where rows will be, for the moment until they are read.
// The widths of grey bars mean nothing.
@file:Suppress("MagicNumber")

package org.satchel.ui.design

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Shape
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.unit.dp
import org.satchel.ui.text.LocalStrings

/** Widths of the lines of neighbouring rows, so that they do not look like a table. */
private val WIDTHS = listOf(0.55f to 0.9f, 0.4f to 0.75f, 0.62f to 0.85f, 0.48f to 0.6f)
private const val ROWS = 9

/** A page of rows that are being read; said in one word to a screen reader. It stands still on purpose. */
@Composable
fun SkeletonPage(modifier: Modifier = Modifier) {
    val reading = LocalStrings.current.reading
    Column(modifier.fillMaxSize().clearAndSetSemantics { contentDescription = reading }) {
        repeat(ROWS) { SkeletonRow(it) }
    }
}

/** One row that is being read. */
@Composable
fun SkeletonRow(position: Int) {
    val (first, second) = WIDTHS[position % WIDTHS.size]
    Row(
        Modifier.fillMaxWidth().padding(horizontal = Sizes.Edge, vertical = 14.dp).clearAndSetSemantics {},
        Arrangement.spacedBy(16.dp),
    ) {
        Box(Modifier.bone(CircleShape).size(Sizes.Avatar))
        Column(Modifier.padding(top = 4.dp), Arrangement.spacedBy(10.dp)) {
            Bone(first)
            Bone(second)
        }
    }
}

/** Lines of a text that is on its way. */
@Composable
fun SkeletonText(modifier: Modifier = Modifier) {
    val reading = LocalStrings.current.reading
    Column(
        modifier.fillMaxWidth().clearAndSetSemantics { contentDescription = reading },
        Arrangement.spacedBy(14.dp),
    ) {
        listOf(0.35f, 0.95f, 0.9f, 0.97f, 0.6f).forEach { Bone(it) }
    }
}

@Composable
private fun Bone(width: Float) = Box(Modifier.fillMaxWidth(width).height(12.dp).bone(RoundedCornerShape(6.dp)))

@Composable
private fun Modifier.bone(shape: Shape) = background(MaterialTheme.colorScheme.surfaceContainerHigh, shape)
