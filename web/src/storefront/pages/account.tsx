import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Profile } from '../../api/types.ts'
import { useApp } from '../../app-context.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Failed, Loading } from '../../ui/states.tsx'
import '../account/account.css'
import { AccountTabs } from '../account/account-tabs.tsx'
import { AddressList } from '../account/address-list.tsx'
import { Avatar } from '../account/avatar.tsx'
import { ContactForm } from '../account/contact-form.tsx'
import { NotificationChoices } from '../account/notification-choices.tsx'
import { PasswordForm } from '../account/password-form.tsx'
import { Section } from '../account/section.tsx'
import { useProfile } from '../account/use-profile.ts'
import { AccountDeletion, DataExport, SignOutEverywhere } from '../account/your-data.tsx'
import { RequireSession } from '../require-session.tsx'

export default function AccountPage() {
  const { session } = useApp()
  const [isDeleted, setDeleted] = useState(false)
  if (isDeleted) {
    return (
      <Page title="Your account is deleted">
        <p>We are removing what we kept about you, which takes a few moments. Thank you for having been with us.</p>
        <div>
          <ButtonLink href="/" look="primary">
            To the shop
          </ButtonLink>
        </div>
      </Page>
    )
  }
  return (
    <RequireSession>
      <Account
        onDeleted={() => {
          setDeleted(true)
          session.forget()
        }}
      />
    </RequireSession>
  )
}

function Account({ onDeleted }: { readonly onDeleted: () => void }) {
  const { session } = useApp()
  const [, navigate] = useLocation()
  const profile = useProfile()
  const signOut = () => {
    // First, so that the page does not ask to sign in again.
    navigate('/')
    void session.signOut()
  }
  return (
    <Page title="Your account" above={<AccountTabs />} actions={<Button onClick={signOut}>Sign out</Button>}>
      {profile.data ? (
        <Sections profile={profile.data} onDeleted={onDeleted} />
      ) : profile.isError ? (
        <Failed error={profile.error} onRetry={() => void profile.refetch()} />
      ) : (
        <Loading label="Loading your account" lines={8} />
      )}
    </Page>
  )
}

function Sections({ profile, onDeleted }: { readonly profile: Profile; readonly onDeleted: () => void }) {
  const email = profile.email ?? ''
  return (
    <div className="account-sections">
      <Section title="You" text="Your picture is only shown to you.">
        <Avatar profile={profile} />
        <ContactForm profile={profile} />
      </Section>
      <Section title="Addresses" text="Choose one of them when you order.">
        <AddressList profile={profile} />
      </Section>
      <Section title="News about your orders" text="Changes are saved at once.">
        <NotificationChoices profile={profile} />
      </Section>
      <Section title="Password">
        <PasswordForm email={email} />
      </Section>
      <Section title="Sessions">
        <SignOutEverywhere />
      </Section>
      <Section title="Your data">
        <DataExport />
      </Section>
      <Section title="Delete your account">
        <AccountDeletion email={email} onDeleted={onDeleted} />
      </Section>
    </div>
  )
}
