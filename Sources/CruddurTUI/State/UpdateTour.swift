import ChatClient
import CruddurDemo
import ExactText
import Timestamps

/// `/tour`, with a step's name behind it or without one; again: it ends.
func toggleTour(_ state: inout AppState, _ name: String) -> [Effect] {
    guard state.tour == nil || !name.isEmpty else { return endTour(&state) }
    let names = TourStep.all.map(\.name).joined(separator: ", ")
    guard let position = name.isEmpty ? 0 : Tour.position(of: name) else {
        state.notice = .init(text: tr("There is no step \(name.prefix(30)). The steps are: \(names)."), isProblem: true)
        return []
    }
    return enter(&state, position)
}

func updateTour(_ state: inout AppState, _ command: TourCommand) -> [Effect] {
    guard let tour = state.tour else {
        guard command == .forward else {
            state.notice = .init(text: tr("No tour is on. \(state.way(to: .tour(.forward))) begins it, in the demo."))
            return []
        }
        return enter(&state, 0)
    }
    switch command {
    case .forward where isUnderWay(state, tour):
        state.notice = .init(text: tr("A message is still on its way: once more in a moment."))
        return []
    case .forward where tour.done < tour.step.acts.count: return act(&state, tour)
    case .forward where tour.position + 1 == TourStep.all.count: return endTour(&state)
    case .forward: return enter(&state, tour.position + 1)
    // What the step has done is not undone, but can be done again.
    case .back: return enter(&state, tour.done > 0 ? tour.position : max(0, tour.position - 1))
    }
}

/// A step begins, with what belongs beside it; what went wrong in the last one does no more.
private func enter(_ state: inout AppState, _ position: Int) -> [Effect] {
    guard state.stage != nil else {
        state.notice = .init(text: tr("The tour is in cruddur demo, in its first terminal."), isProblem: true)
        return []
    }
    var effects = heal(&state)
    if state.tour == nil {
        // Both are watched, whichever is shown: what comes of an act is told from them.
        state.inspector = Inspector()
        effects += [.watchCalls(true), .watchTable(true)]
    }
    let tour = Tour(position: position)
    state.tour = tour
    (state.inspector.isShown, state.table.isShown) = (tour.step.pane == .calls, tour.step.pane == .table)
    return effects + (state.tourPartner.map { select(&state, $0.id) } ?? [])
}

private func heal(_ state: inout AppState) -> [Effect] {
    guard let fault = state.tour?.step.fault, state.stage?.contains(fault) == true else { return [] }
    return set(&state, fault, false)
}

private func endTour(_ state: inout AppState) -> [Effect] {
    let heals = heal(&state)
    state.tour = nil
    (state.inspector.isShown, state.table.isShown) = (false, false)
    let keys = state.keys
    state.notice = .init(
        text: tr(
            """
            That was the tour. \(keys.way(to: .program(.calls))) shows the calls, \
            \(keys.way(to: .program(.table))) the table, \(keys.way(to: .program(.stage))) what can go wrong.
            """))
    return heals + [.watchCalls(false), .watchTable(false)]
}

extension AppState {
    /// With whom the tour's conversation is.
    var tourPartner: ConversationSummary? {
        snapshot.conversations.first { $0.title.handle.isExactly(TourStep.partner) }
    }
}

/// Does what the step is about. What cannot be done yet is not done, and not counted.
private func act(_ state: inout AppState, _ tour: Tour) -> [Effect] {
    guard state.tourPartner != nil else {
        state.notice = .init(text: tr("The conversations have not come yet: once more in a moment."))
        return []
    }
    var tour = tour
    tour.since = state.now.microseconds
    tour.done += 1
    state.tour = tour
    return tour.act?.actions.flatMap { perform(&state, $0) } ?? []
}

/// What the act has sent has not been answered: the next would overtake it. It is not waited for longer than `patience`.
private func isUnderWay(_ state: AppState, _ tour: Tour) -> Bool {
    let patience: Int64 = 5_000_000
    guard let act = tour.act, let since = tour.since, state.now.microseconds - since < patience else { return false }
    let sent = act.sends
    return tour.greeting != nil || TourFacts.posts(state.inspector.latestCalls, since: since) < sent
}

private func perform(_ state: inout AppState, _ action: TourAction) -> [Effect] {
    switch action {
    case .refresh: return [.refresh]
    case .send(let text): return state.tourPartner.map { send(&state, text, to: $0.id) } ?? []
    case .begin(let handle, let text):
        state.tour?.greeting = .init(handle: handle, text: text)
        return [.lookUp(handle: handle)]
    case .write(let sender, let text):
        return state.snapshot.me.map { [.stage(.write(text, from: sender, to: $0))] } ?? []
    case .set(let fault, let isOn): return set(&state, fault, isOn)
    }
}

/// It is no draft's: what stands in the compose line stays there.
private func send(_ state: inout AppState, _ text: String, to id: ConversationID) -> [Effect] {
    let goes = state.selected == id ? [] : select(&state, id)
    return goes + [.send(state.drafts.submit(text, to: id), to: id)] + returnToNewest(&state, id)
}

/// The answer to who it is that the tour writes to. Who is selected stays so: somebody may be typing.
func greet(_ state: inout AppState, _ handle: String, _ result: Result<FoundConversation?, APIError>) -> [Effect]? {
    guard let greeting = state.tour?.greeting, greeting.handle.isExactly(handle) else { return nil }
    state.tour?.greeting = nil
    guard case .success(let found?) = result else {
        state.notice = .init(text: tr("Could not find @\(handle): nothing was sent."), isProblem: true)
        return []
    }
    return [.send(state.drafts.submit(greeting.text, to: found.id), to: found.id)]
}
