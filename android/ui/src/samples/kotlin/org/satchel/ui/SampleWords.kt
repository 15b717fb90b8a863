// People and their mail for the sample states, once in a language read from the left and once from the right.
// A property says by its name what its class leaves open.
@file:Suppress(
    "MagicNumber",
    "MaxLineLength",
    "DestructuringDeclarationWithTooManyEntries",
    "UndocumentedPublicProperty",
)

package org.satchel.ui

import org.satchel.mail.AddressView

/** A letter of the samples. */
data class SampleLetter(
    val from: AddressView,
    val subject: String,
    val preview: String,
)

/** What the samples are written in. */
data class SampleWords(
    val me: AddressView,
    val friend: AddressView,
    val letters: List<SampleLetter>,
    val text: String,
    val attachments: List<String>,
    val ownMailboxes: List<String>,
) {
    /** The two. */
    companion object {
        /** Read from the left. */
        val English =
            SampleWords(
                me = person("Ann Lee", "ann@example.org"),
                friend = person("Ben Carter", "ben@example.org"),
                letters =
                    listOf(
                        letter(
                            "Ben Carter",
                            "ben@example.org",
                            "Re: Boat trip?",
                            "Sunday suits us all. I bring the bread, you bring the sails, and Maria knows where the key is.",
                        ),
                        letter(
                            "Harbour Office",
                            "harbour@example.org",
                            "Your berth for the season",
                            "Dear Ann, berth 14 is yours from April on. The key is with the harbour master.",
                        ),
                        letter(
                            "Maria Vento",
                            "maria@example.net",
                            "The plan for Sunday",
                            "Attached: the chart with the route round the island, and the tide table.",
                        ),
                        letter(
                            "Sailing Weekly",
                            "news@news.example.com",
                            "This week at sea",
                            "Light winds from the south-west, and five places to anchor for a night without paying a penny.",
                        ),
                        letter(
                            "",
                            "invoices@sailmaker.example",
                            "Invoice 2041: new mainsail",
                            "Thank you for your order. The amount is due within thirty days.",
                        ),
                        letter(
                            "Oscar Nilsson",
                            "oscar@example.se",
                            "Photographs from the regatta",
                            "I finally found the cable. The best one is the third, where you can see who steered.",
                        ),
                        letter(
                            "Priya Raman",
                            "priya@example.in",
                            "Can you read this before Thursday, it is a very long subject that does not fit",
                            "Only pages two to four are new, the rest you know.",
                        ),
                        letter(
                            "Library of the Old Town",
                            "desk@library.example",
                            "Two books are due",
                            "The Sea Around Us, and Knots for Beginners.",
                        ),
                        letter("Tom Baker", "tom@example.com", "", "See you at seven, then."),
                    ),
                text =
                    """
                    Hello Ann,

                    Sunday suits us all. I bring the bread, you bring the sails, and Maria knows where the key is. If the wind stays in the south-west we can be round the island before noon and have lunch in the bay.

                    Two things to settle before we leave:
                    1. Who steers through the narrows?
                    2. Is the new mainsail paid for?

                    The chart is attached. It is the one from last year, but the buoys have not moved.

                    Until Sunday
                    Ben
                    """.trimIndent(),
                attachments =
                    listOf(
                        "chart-of-the-island.pdf",
                        "the bay in the evening.jpg",
                        "tides.csv",
                        "key.txt",
                    ),
                ownMailboxes = listOf("Projects", "Boat", "Sails and rigging", "Receipts"),
            )

        /** Read from the right. */
        val Hebrew =
            SampleWords(
                me = person("אנה לוי", "anna@example.org"),
                friend = person("דוד כהן", "david@example.org"),
                letters =
                    listOf(
                        letter(
                            "דוד כהן",
                            "david@example.org",
                            "תשובה: הפלגה ביום שישי?",
                            "יום שישי מתאים לכולנו. אני מביא את הלחם ואת מביאה את המפרשים.",
                        ),
                        letter(
                            "משרד הנמל",
                            "harbour@example.org",
                            "המקום שלך לעונה",
                            "אנה היקרה, מקום עגינה 14 שלך החל מאפריל. המפתח אצל מנהל הנמל.",
                        ),
                        letter(
                            "מריה ונטו",
                            "maria@example.net",
                            "התוכנית ליום שישי",
                            "מצורפת המפה עם המסלול סביב האי וטבלת הגאות.",
                        ),
                        letter(
                            "שבועון השיט",
                            "news@news.example.com",
                            "השבוע בים",
                            "רוחות קלות מדרום מערב, וחמישה מקומות לעגינת לילה.",
                        ),
                        letter(
                            "",
                            "invoices@sailmaker.example",
                            "חשבונית 2041: מפרש ראשי",
                            "תודה על הזמנתך. הסכום לתשלום בתוך שלושים יום.",
                        ),
                        letter(
                            "אורי ניסן",
                            "uri@example.net",
                            "תמונות מהתחרות",
                            "סוף סוף מצאתי את הכבל. הטובה ביותר היא השלישית.",
                        ),
                        letter(
                            "פריה רמן",
                            "priya@example.in",
                            "אפשר לקרוא את זה לפני יום חמישי? זה נושא ארוך מאוד שלא נכנס בשורה",
                            "רק עמודים שתיים עד ארבע חדשים.",
                        ),
                        letter(
                            "ספריית העיר העתיקה",
                            "desk@library.example",
                            "שני ספרים להחזרה",
                            "הים סביבנו, וקשרים למתחילים.",
                        ),
                        letter("תום בר", "tom@example.com", "", "אז נתראה בשבע."),
                    ),
                text =
                    """
                    שלום אנה,

                    יום שישי מתאים לכולנו. אני מביא את הלחם, את מביאה את המפרשים, ומריה יודעת איפה המפתח. אם הרוח תישאר מדרום מערב נקיף את האי לפני הצהריים ונאכל במפרץ.

                    שני דברים שצריך לסכם לפני שיוצאים:
                    1. מי מנווט במצר?
                    2. האם המפרש החדש כבר שולם?

                    המפה מצורפת. היא מהשנה שעברה, אבל המצופים לא זזו.

                    להתראות
                    דוד
                    """.trimIndent(),
                attachments = listOf("מפת האי.pdf", "המפרץ בערב.jpg", "tides.csv", "key.txt"),
                ownMailboxes = listOf("פרויקטים", "הסירה", "מפרשים וחבלים", "קבלות"),
            )

        private fun person(
            name: String,
            address: String,
        ) = AddressView(name, address, name.ifBlank { address })

        private fun letter(
            name: String,
            address: String,
            subject: String,
            preview: String,
        ) = SampleLetter(person(name, address), subject, preview)
    }
}
