// Draws an account with its mailboxes.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct AccountSectionView: View {
        let section: AccountSection
        let on: (MailboxesEvent) -> Void
        @Environment(\.words) private var words

        var body: some View {
            Section {
                ForEach(section.shown, id: \.id) { MailboxRowView(mailbox: $0, on: on) }
            } header: {
                header(words())
            }
        }

        private func header(_ words: Words) -> some View {
            Button {
                on(.toggledAccount(section.id))
            } label: {
                HStack {
                    VStack(alignment: .leading) {
                        // An address reads from left to right in every language.
                        Text(verbatim: section.account.address).environment(\.layoutDirection, .leftToRight)
                        Text(section.told(words)).font(.caption).foregroundStyle(.secondary)
                        ForEach(section.pending(words), id: \.self) { Text($0).font(.caption) }
                    }
                    Spacer()
                    Image(systemName: section.fold.symbol)
                }
                .frame(minHeight: Theme.target)
            }
            .textCase(nil)
            .accessibilityHint(words(section.fold))
        }
    }

    /// One mailbox.
    struct MailboxRowView: View {
        let mailbox: MailboxView
        let on: (MailboxesEvent) -> Void
        @Environment(\.words) private var words

        var body: some View {
            let words = words()
            Button {
                on(.opened(mailbox.id))
            } label: {
                HStack {
                    Label(mailbox.called(words), systemImage: mailbox.symbol)
                    Spacer()
                    Text(verbatim: mailbox.badge).font(.callout.monospacedDigit()).foregroundStyle(.secondary)
                }
                .padding(.leading, CGFloat(mailbox.depth) * Theme.edge)
                .frame(minHeight: Theme.target)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .disabled(!mailbox.selectable)
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(mailbox.spoken(words))
            .accessibilityAddTraits(.isButton)
        }
    }
#endif
